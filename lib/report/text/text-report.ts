import type { Reporter } from '../reporter.js'
import { reportText } from '../text.js'

/** The account for people, as `String(report)` gives it: no colours. */
export const textReport: Reporter = (report, options = {}) => reportText(report, options)
