import type { Culprit, Evidence } from '../types/index.js'
import { growthPhrase, perWhat } from '../report/format/growth.js'
import { formatNumber } from '../report/format/bytes.js'
import { placeText, sizeText } from '../report/format/place-text.js'

/** What the sentence is about. */
export interface Subject {
  /** The culprit with its version, `newrelic 7.4.0`, or `the application`. */
  readonly name: string
  readonly node: string
  readonly workload: string
}

/** One sentence for a bug report: who, how much, where, under what, what grows and what holds it. */
export function evidenceSentence(
  culprit: Culprit,
  { grows, held, place, resources }: Omit<Evidence, 'sentence' | 'files' | 'notes'>,
  { name, node, workload }: Subject,
): string {
  const [first] = grows
  const [resource] = resources
  const holder = held?.path[held.holder]
  const parts = [
    `${name} keeps ${growthPhrase(culprit.metric, culprit.growth)} on Node ${node} (${workload})`,
    first === undefined
      ? ''
      : `what grows is ${first.name}, ${formatNumber(first.perOperation, 2)} per ${perWhat(culprit.growth)}, ${sizeText(first)}`,
    holder === undefined ? '' : `held by ${holder.name}${holder.by === '' ? '' : ` (${holder.by})`}`,
    place === null ? '' : `the code is at ${placeText(place)}`,
    resource === undefined || first !== undefined
      ? ''
      : `what piles up is the ${resource.kind} ${resource.what}`,
  ]
  return `${parts.filter(Boolean).join('; ')}.`
}
