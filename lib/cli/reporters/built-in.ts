import { githubReport } from '../../report/github/github-report.js'
import { htmlReport } from '../../report/html/html-report.js'
import { jsonReport } from '../../report/json/json-report.js'
import { junitReport } from '../../report/junit/junit-report.js'
import { markdownReport } from '../../report/markdown/markdown-report.js'
import { prometheusReport } from '../../report/prometheus/prometheus-report.js'
import type { Reporter } from '../../report/reporter.js'
import { textReport } from '../../report/text/text-report.js'

/** Reporters by the names that `--reporter` knows. */
export const BUILT_IN: ReadonlyMap<string, Reporter> = new Map([
  ['text', textReport],
  ['json', jsonReport],
  ['junit', junitReport],
  ['markdown', markdownReport],
  ['html', htmlReport],
  ['github', githubReport],
  ['prometheus', prometheusReport],
])
