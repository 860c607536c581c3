import { subjectOf } from '../../report/postmortem/subject.js'
import { growthPhrase, growthText } from '../../report/format/growth.js'
import { list } from '../../report/format/layout.js'
import { culpritName } from '../../report/text/verdict-lines.js'
import type { Culprit, Growth, Metric, ReportData } from '../../types/index.js'
import type { ReplayData, ReplayedCulprit } from './types.js'

type Known = Pick<ReplayData, 'verdict' | 'culprits' | 'newCulprits'>

/** Why the answer is what it is, in sentences: what became of every culprit, and who is new. */
export function replayReason(
  { verdict, culprits, newCulprits }: Known,
  was: ReportData,
  now: ReportData,
): string {
  const sentences = [
    ...culprits.map((culprit, index) => culpritSentence(culprit, was.culprits[index], was, now)),
    ...newCulprits.map(
      culprit =>
        `${capital(subjectOf(culprit, now))} ${verb(culprit.kind, true)} ${amount(culprit.metric, culprit.growth)}, which it was not seen to do then.`,
    ),
  ]
  if (sentences.length > 0) return sentences.join(' ')
  if (verdict === 'still clean') return 'It was clean then, and nothing leaks now.'
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
    case 'still happens':
      return growthNow === null
        ? `${capital(then)}, and ${againName(culprit, agentsNow, now)} now.`
        : `${capital(then)}, and ${name} ${verb(kind, true)} ${amount(metric, growthNow)} now.`
    case 'no longer happens':
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
