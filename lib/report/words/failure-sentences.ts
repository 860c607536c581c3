import { howItEnded, interval, whole } from './warning-messages.js'
import type { CutShort, FailureBecause } from '../../decide/failure-because.js'
import { armName } from '../../decide/growth/arms.js'

/** What lets trials end that were cut at their time limit. */
const MORE_TIME = 'Raise `trialTimeoutMs`, or ask for fewer `operations`, to see whole trials.'

/** Why launches that failed give no verdict, or one. */
export function failures(because: FailureBecause): string {
  if (because.code === 'out-of-memory') {
    const { subject, trials } = because
    const what = subject.kind === 'application' ? 'The application alone' : `With ${armName(subject.arm)} it`
    const rest = subject.reference === null ? '' : `, while ${armName(subject.reference)} did not`
    return (
      `${what} ran out of memory in ${String(trials)} trials${rest}. ` +
      'The growth given is a lower bound, from the last reading to the heap limit.'
    )
  }
  if (because.code === 'cut-short') {
    const { trials, seen } = because
    return (
      `${untilCut(seen, `${String(trials)} trials were`)} ` +
      'It grew before that as well; whether idle time releases it was not checked. ' +
      `A bounded cache of more than ${whole(seen.from)} entries would look the same. ${MORE_TIME}`
    )
  }
  const ends = because.ends.map(({ trial, outcome }) => `trial ${String(trial)} ${howItEnded(outcome)}`)
  const failed = `Too many trials of ${armName(because.arm)} failed: ${ends.join('; ')}.`
  if (because.code === 'no-reference') return `There is nothing to compare it with. ${failed}`
  const seen = because.seen === undefined ? '' : ` ${untilCut(because.seen, 'they were')}`
  const isCut = because.ends.every(
    ({ outcome }) => outcome.kind === 'hung' && outcome.limit === 'trialTimeoutMs',
  )
  return `${failed}${seen}${isCut ? ` ${MORE_TIME}` : ''}`
}

/** What was seen of trials before they were cut. */
function untilCut(
  { arm, reference, operations, from, until, growth, slower }: CutShort,
  whose: string,
): string {
  const what = arm === '[]' ? 'In the application alone' : `With ${armName(arm)}`
  const without = reference === '[]' ? 'without' : `with ${armName(reference ?? '[]')} alone`
  const than = reference === null ? '' : ` more than ${without}`
  const pace =
    slower === null
      ? ''
      : slower > 1
        ? `, and each operation took ${slower.toFixed(1)} times as long as one before that`
        : ', and operations did not become slower'
  return (
    `${what} the heap grew by ${interval(growth, 'heap')}${than} from operation ${whole(from)} to ${whole(until)} ` +
    `of ${whole(operations)}, until ${whose} cut at their time limit${pace}.`
  )
}
