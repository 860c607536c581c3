import { growthPhrase, growthText } from '../../report/format/growth.js'
import { hanging, list, plural } from '../../report/format/layout.js'
import { plainPaint } from '../../report/text/short-names.js'
import { DEFAULT_WIDTH, reportText, type TextOptions } from '../../report/text.js'
import type { IsolationReport } from '../../types/index.js'
import type { InstrumentationData, InstrumentationReport } from './types.js'

/** What an answer is made of. */
export interface InstrumentationParts extends Pick<
  InstrumentationData,
  'agent' | 'version' | 'tried' | 'notLoaded'
> {
  readonly report: IsolationReport
  readonly off: (names: readonly string[]) => Readonly<Record<string, string>>
  readonly code: (names: readonly string[]) => string | undefined
}

/** The answer: who leaks among the instrumentations, and the setting against it. */
export function createInstrumentationReport({
  off,
  code: codeFor,
  ...parts
}: InstrumentationParts): InstrumentationReport {
  const culprits = parts.report.culprits.filter(({ kind }) => kind !== 'application')
  const instrumentations = [...new Set(culprits.flatMap(({ agents }) => agents))]
  const instrumented = parts.report.components.filter(({ kind }) => kind === 'agent')
  const code = instrumentations.length === 0 ? undefined : codeFor(instrumentations)
  const data: InstrumentationData = {
    verdict:
      culprits.length > 0
        ? 'leak'
        : instrumented.every(({ verdict }) => verdict === 'clean') && parts.report.verdict !== 'inconclusive'
          ? 'clean'
          : 'inconclusive',
    instrumentations,
    culprits,
    setting: instrumentations.length === 0 || code !== undefined ? {} : off(instrumentations),
    code: code ?? null,
    ...parts,
  }
  return Object.freeze(
    Object.defineProperties({ ...data }, { toString: { value: () => instrumentationText(data) } }),
  )
}

/** The account for people: which instrumentation, the setting to paste, then the whole experiment. */
export function instrumentationText(data: InstrumentationData, options: TextOptions = {}): string {
  const { width = DEFAULT_WIDTH, paint = plainPaint } = options
  const setting = Object.entries(data.setting).map(([name, value]) => `${name}=${value}`)
  return [
    ...headlines(data).flatMap(line => hanging('', line, width).map(text => paint(data.verdict, text))),
    ...(setting.length === 0
      ? []
      : ['', 'To switch it off, set for the application:', ...setting.map(line => `  ${line}`)]),
    ...(data.code === null ? [] : ['', 'To switch it off where the agent is started:', `  ${data.code}`]),
    '',
    ...hanging('', triedSentence(data), width),
    ...hanging(
      '',
      `Below, "the application" is the application with ${data.agent} attached and all that was tried switched off.`,
      width,
    ),
    '',
    reportText(data.report, options),
  ].join('\n')
}

function headlines({ culprits, agent, version, verdict, report }: InstrumentationData): string[] {
  const own = report.culprits.some(({ kind }) => kind === 'application')
    ? ` With all of them off it grows: the application itself, or what is left of ${agent}.`
    : ''
  if (culprits.length === 0) {
    return verdict === 'clean'
      ? [`CLEAN: no instrumentation of ${agent} ${version} leaks.${own}`]
      : [
          `INCONCLUSIVE: whether an instrumentation of ${agent} ${version} leaks was not settled (see below).${own}`,
        ]
  }
  return culprits.map(({ agents, metric, growth }) => {
    const { interval } = growthText(growth)
    const who =
      agents.length === 1 ? `instrumentation ${list(agents)}` : `instrumentations ${list(agents)} together`
    const verb = agents.length === 1 ? 'adds' : 'add'
    return `LEAK: ${who} of ${agent} ${version} ${verb} ${growthPhrase(metric, growth)}${interval === '' ? '' : ` (${interval})`}.${own}`
  })
}

function triedSentence({ tried, notLoaded }: InstrumentationData): string {
  const rest =
    notLoaded.length === 0
      ? ''
      : ` ${plural(notLoaded.length, 'other')} stayed on, since nothing was loaded that they patch.`
  return `Switched on and off: ${list(tried)}.${rest}`
}
