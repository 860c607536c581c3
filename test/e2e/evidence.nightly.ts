import { testEvidence } from './evidence-tests.js'

await testEvidence({}, 'all')
