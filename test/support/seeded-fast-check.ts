import fc from 'fast-check'
import { testSeed } from './test-seed.js'

fc.configureGlobal({ seed: testSeed })

export default fc
