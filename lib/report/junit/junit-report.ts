import type { ReportData } from '../../types/index.js'
import { visibleText } from '../format/visible-text.js'
import type { Reporter } from '../reporter.js'
import { DEFAULT_OPERATIONS_PER_SECOND } from '../text/next-steps.js'
import { reportText } from '../text.js'
import { countsOf, inSeconds, testCaseElements, type TestCase, element, xmlDocument } from './test-case.js'
import { testCases } from './test-cases.js'

/**
 * JUnit XML as Jenkins and GitLab read it: one test case for each component and each set that leaks only together. A leak is a
 * failure with the account, what is inconclusive is skipped with its reason, and what failed to run is an error.
 */
export const junitReport: Reporter = (report, options = {}) => {
  const { operationsPerSecond = DEFAULT_OPERATIONS_PER_SECOND } = options
  const entry = (report.options.entry.file.split(/[\\/]/).at(-1) ?? '').replace(/\.[cm]?[jt]s$/, '')
  return junitDocument(testCases(report, operationsPerSecond), {
    className: `isolate-leak.${entry.replaceAll('.', '_')}`,
    totalMs: report.timings.totalMs,
    startedAt: report.timings.startedAt,
    properties: properties(report),
    output: reportText(report, { operationsPerSecond }),
  })
}

/** The document of an experiment that gave no report: one case that is an error. */
export function junitError(failure: {
  readonly code: string
  readonly message: string
  readonly text: string
}): string {
  const problem = {
    element: 'error',
    type: failure.code,
    message: failure.message,
    text: failure.text,
  } as const
  return junitDocument([{ name: 'experiment', durationMs: 0, problem }], { className: 'isolate-leak' })
}

interface Suite {
  /** What servers group cases by: a package and a class, with a dot between them. */
  readonly className: string
  readonly totalMs?: number
  readonly startedAt?: string
  readonly properties?: readonly (readonly [string, string])[]
  readonly output?: string
}

function junitDocument(cases: readonly TestCase[], suite: Suite): string {
  const { className, totalMs = 0, startedAt, properties: named = [], output } = suite
  const { tests, failures, errors, skipped } = countsOf(cases)
  const time = inSeconds(totalMs)
  const content = [
    ...(named.length === 0
      ? []
      : [
          element(
            'properties',
            {},
            named.map(([name, value]) => element('property', { name, value })),
          ),
        ]),
    ...testCaseElements(className, cases),
    ...(output === undefined ? [] : [element('system-out', {}, visibleText(output.trimEnd()))]),
  ]
  const attributes = {
    name: className,
    ...{ tests, failures, errors, skipped, time },
    // without fractions and zone, as the tools that this form comes from write it
    ...(startedAt === undefined ? {} : { timestamp: new Date(startedAt).toISOString().slice(0, 19) }),
  }
  const root = { name: 'isolate-leak', tests, failures, errors, time }
  return xmlDocument(element('testsuites', root, [element('testsuite', attributes, content)]))
}

function properties({
  verdict,
  environment,
  options,
  conditions,
}: ReportData): (readonly [string, string])[] {
  const { isolateLeak, node, v8, platform, arch, release } = environment
  const attached = options.carrier ? [options.carrier] : options.agents
  return [
    ['verdict', verdict],
    ['isolate-leak', isolateLeak],
    ['node', node],
    ['v8', v8],
    ['os', `${platform} ${release} ${arch}`],
    ...attached.flatMap(({ name, version }) =>
      version === null ? [] : [[`agent ${name}`, version] as const],
    ),
    ['workload', conditions.workload],
    ['collector', options.backends.join(', ')],
    ['effort', options.effort],
    ['operations', String(options.operations)],
    ['threshold', String(options.threshold)],
    ['errorRate', String(options.errorRate)],
    ['seed', String(options.seed)],
  ]
}
