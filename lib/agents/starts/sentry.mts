import { createRequire } from 'node:module'
import type { StartSentry } from './start-sentry.cjs'

const startSentry = createRequire(import.meta.url)('./start-sentry.cjs') as StartSentry

startSentry()
