import type { Reporter } from '../reporter.js'
import { reportText } from '../text.js'

/** The account for people, as `String(report)` gives it: 100 characters a line, no colours. */
export const textReport: Reporter = (report, options = {}) => reportText(report, options)
