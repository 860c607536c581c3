import type { StartSentry } from './start-sentry.cjs'

const startSentry = require('./start-sentry.cjs') as StartSentry

startSentry()
