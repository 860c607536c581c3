import { fileURLToPath } from 'node:url'
import { checkObject, isRecord, showValue, invalidOption } from '../../options/check/check-object.js'
import { isUrl } from '../../options/check/to-path.js'
import { isolateInstrumentation } from '../instrumentation/isolate-instrumentation.js'
import { isolateLeak } from '../../isolate-leak.js'
import type { IsolateLeakOptions } from '../../options/types.js'
import { parseReport } from '../../report/read/parse-report.js'
import { withCleanErrors } from '../../report/redact/known-secrets.js'
import { readReport } from '../../report/create-report.js'
import type {
  Component,
  Culprit,
  Growth,
  IsolationReport,
  Metric,
  MetricResult,
  ReportData,
} from '../../types/index.js'
import { rebuildOptions } from './rebuild-options.js'
import { createReplayReport } from './replay-text.js'
import type { ReplayData, ReplayOptions, ReplayReport, ReplayVerdict, ReplayedCulprit } from './types.js'
import { reportDifferences } from './differences.js'
import { subjectOf } from '../../report/postmortem/detection.js'
import { growthPhrase, growthText } from '../../report/format/growth.js'
import { list } from '../../report/format/layout.js'
import { culpritName } from '../../report/text/verdict-lines.js'

/**
 * Runs the experiment of a report again, on the same versions or on others, and says whether what it found still happens: to
 * verify a fix, months later too, or to show an incident to those who were not there. Versions that the library had
 * installed are installed again; values of variables, which a report does not hold, are taken from the environment under
 * their names.
 *
 * @param report a report, or the path of its file
 * @returns `still-happens`, `no-longer-happens`, `new-leak`, `still-clean`, `clean` or `inconclusive`, with growth then and now,
 * and what differs
 * @throws IsolateLeakError `ERR_REPORT` for what is no report, `ERR_REPLAY` with all that it does not tell and the options do not
 * either, and as {@link isolateLeak}
 */
export async function replay(
  report: ReportData | string | URL,
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  return withCleanErrors(options, async () => replayWith(runOnce, report, options))
}

/** Runs an experiment; with a carrier, whose instrumentations are tried. */
type RunOnce = (options: IsolateLeakOptions, hasCarrier: boolean) => Promise<IsolationReport>

/** As {@link replay}, with whatever runs the experiment. */
export async function replayWith(
  run: RunOnce,
  report: ReportData | string | URL,
  options: ReplayOptions,
): Promise<ReplayReport> {
  const given = checkObject('the options of replay()', options) as ReplayOptions
  const was = await reportFrom(report)
  const rebuilt = rebuildOptions(was, given, process.env)
  const now = await run(rebuilt.options, Boolean(was.options.carrier))
  return createReplayReport(replayData(was, now, rebuilt))
}

async function reportFrom(report: unknown): Promise<ReportData> {
  if (typeof report === 'string') return readReport(report)
  if (isUrl(report)) return readReport(fileURLToPath(report))
  if (!isRecord(report)) {
    throw invalidOption(`replay() takes a report or the path of its file, got ${showValue(report)}`)
  }
  // Checked as a file is, also one that was parsed by the caller and has null for infinite bounds.
  return parseReport(JSON.stringify(report), 'the report that was given')
}

async function runOnce(options: IsolateLeakOptions, hasCarrier: boolean): Promise<IsolationReport> {
  if (!hasCarrier) return isolateLeak(options)
  const { agents = [], strategy, ...rest } = options
  const [agent] = agents
  if (agent === undefined || strategy !== undefined) throw new Error('expected the agent alone')
  return (await isolateInstrumentation({ ...rest, agent })).report
}

/** What a run means beside the one that it repeats. Pure. */
export function replayData(
  was: ReportData,
  report: IsolationReport,
  {
    names,
    variables,
  }: { readonly names: ReadonlyMap<string, string>; readonly variables: readonly string[] },
): ReplayData {
  const culprits = was.culprits.map(culprit => replayed(culprit, report, names))
  const newCulprits = report.culprits.filter(now => !was.culprits.some(then => isSame(then, now, names)))
  const verdict = verdictOf(was, report, culprits, newCulprits)
  const parts = {
    ...{ verdict, culprits, newCulprits, variables },
    differences: reportDifferences(was, report, names),
    was: { verdict: was.verdict, startedAt: was.timings.startedAt },
  }
  return { ...parts, reason: replayReason(parts, was, report), report }
}

function replayed(culprit: Culprit, report: ReportData, names: ReadonlyMap<string, string>): ReplayedCulprit {
  const { kind, agents, metric, growth } = culprit
  const agentsNow = agents.map(name => names.get(name) ?? name)
  const again = report.culprits.find(now => isSame(culprit, now, names))
  const own = kind === 'interaction' ? undefined : componentOf(kind, agentsNow, report)
  const leaks = again !== undefined || own?.verdict === 'leak'
  // Of a set there is no component: it is settled with the whole report.
  const open = own === undefined ? isOpen(report) : own.verdict === 'inconclusive'
  return {
    ...{ kind, agents, agentsNow, metric, was: growth },
    verdict: leaks ? 'still-happens' : open ? 'inconclusive' : 'no-longer-happens',
    now: (again === undefined ? null : growthOfCulprit(again, metric)) ?? growthOf(own, culprit),
  }
}

/** Whoever leaks alone now is what leaked together with others then; the other way round it is not. */
function isSame(then: Culprit, now: Culprit, names: ReadonlyMap<string, string>): boolean {
  if (then.kind === 'application' || now.kind === 'application') return then.kind === now.kind
  const before = then.agents.map(name => names.get(name) ?? name)
  return now.agents.every(name => before.includes(name))
}

function componentOf(
  kind: Culprit['kind'],
  [name]: readonly string[],
  { components }: ReportData,
): Component | undefined {
  return components.find(one => (kind === 'application' ? one.kind === kind : one.name === name))
}

function isOpen({ verdict, components, warnings }: ReportData): boolean {
  return (
    verdict === 'inconclusive' ||
    components.some(one => one.verdict === 'inconclusive') ||
    warnings.some(({ code }) => code === 'TOGETHER_UNSETTLED')
  )
}

function growthOfCulprit({ metric, growth, alsoGrows }: Culprit, wanted: string): Growth | null {
  if (metric === wanted) return growth
  return alsoGrows.find(also => also.metric === wanted)?.growth ?? null
}

/** Under the condition of the collector under which it leaked. */
function growthOf(component: Component | undefined, { metric, backend }: Culprit): Growth | null {
  const condition = component?.backends?.find(one => one.backend === backend)
  const metrics: readonly MetricResult[] = condition?.metrics ?? component?.metrics ?? []
  const found = metrics.find(result => result.metric === metric)?.growth
  if (found !== undefined || metric !== 'heap') return found ?? null
  return condition?.growth ?? component?.growth ?? null
}

function verdictOf(
  was: ReportData,
  now: ReportData,
  culprits: readonly ReplayedCulprit[],
  newCulprits: readonly Culprit[],
): ReplayVerdict {
  if (culprits.some(({ verdict }) => verdict === 'still-happens')) return 'still-happens'
  if (newCulprits.length > 0) return 'new-leak'
  if (culprits.length > 0) {
    return culprits.every(({ verdict }) => verdict === 'no-longer-happens')
      ? 'no-longer-happens'
      : 'inconclusive'
  }
  if (now.verdict !== 'clean') return 'inconclusive'
  return was.verdict === 'clean' ? 'still-clean' : 'clean'
}

type Known = Pick<ReplayData, 'verdict' | 'culprits' | 'newCulprits'>

/** Why the answer is what it is, in sentences: what became of every culprit, and who is new. */
function replayReason({ verdict, culprits, newCulprits }: Known, was: ReportData, now: ReportData): string {
  const sentences = [
    ...culprits.map((culprit, index) => culpritSentence(culprit, was.culprits[index], was, now)),
    ...newCulprits.map(
      culprit =>
        `${capital(subjectOf(culprit, now))} ${verb(culprit.kind, true)} ${amount(culprit.metric, culprit.growth)}, which it was not seen to do then.`,
    ),
  ]
  if (sentences.length > 0) return sentences.join(' ')
  if (verdict === 'still-clean') return 'It was clean then, and nothing leaks now.'
  return verdict === 'clean'
    ? 'It was not settled then; now nothing leaks.'
    : 'Whether anything leaks was not settled now.'
}

function culpritSentence(
  { verdict, metric, was: growthThen, now: growthNow, kind, agentsNow }: ReplayedCulprit,
  culprit: Culprit | undefined,
  was: ReportData,
  now: ReportData,
): string {
  if (culprit === undefined) throw new Error('expected the culprit of the report')
  const subject = subjectOf(culprit, was)
  const then = `${subject} ${verb(kind, false)} ${amount(metric, growthThen)} then`
  const nowName = subjectOf({ ...culprit, agents: agentsNow }, now)
  const name = nowName === subject ? pronoun(culprit) : nowName
  switch (verdict) {
    case 'still-happens':
      return growthNow === null
        ? `${capital(then)}, and ${againName(culprit, agentsNow, now)} now.`
        : `${capital(then)}, and ${name} ${verb(kind, true)} ${amount(metric, growthNow)} now.`
    case 'no-longer-happens':
      return `${capital(then)}; ${name} ${isMany(kind) ? 'are' : 'is'} clean now${growthNow === null ? '' : `, with ${amount(metric, growthNow)}`}.`
    case 'inconclusive':
      return `${capital(then)}; whether ${name} still ${isMany(kind) ? 'do' : 'does'} was not settled${growthNow === null ? '' : ` (${amount(metric, growthNow)})`}.`
  }
}

/** Of a set of which one leaks alone now, or that grows in something else. */
function againName(culprit: Culprit, agentsNow: readonly string[], now: ReportData): string {
  const found = now.culprits.filter(
    ({ agents }) => agents.length > 0 && agents.every(name => agentsNow.includes(name)),
  )
  const names = found.map(
    one => `${culpritName(one)} ${verb(one.kind, true)} ${amount(one.metric, one.growth)}`,
  )
  return names.length === 0 ? `${pronoun(culprit)} leaks` : list(names)
}

/** `8.2 kB of heap per operation (7.9 to 8.5 kB)` */
function amount(metric: Metric, growth: Growth): string {
  const { interval } = growthText(growth)
  return `${growthPhrase(metric, growth)}${interval === '' ? '' : ` (${interval})`}`
}

function verb(kind: Culprit['kind'], present: boolean): string {
  if (kind === 'application') return present ? 'grows by' : 'grew by'
  if (isMany(kind)) return present ? 'add' : 'added'
  return present ? 'adds' : 'added'
}

function isMany(kind: Culprit['kind']): boolean {
  return kind === 'interaction'
}

function pronoun({ kind }: Culprit): string {
  return isMany(kind) ? 'they' : 'it'
}

/** Names of packages stay as they are. */
function capital(text: string): string {
  return text.startsWith('the application') ? `T${text.slice(1)}` : text
}
