import { quickTiming } from '../support/quick-timing.js'
import { testEvidence } from './evidence-tests.js'

await testEvidence(quickTiming, 'main')
