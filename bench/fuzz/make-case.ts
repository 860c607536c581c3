import { mulberry32 } from '../../lib/decide/stats/random.js'
import type { Random } from '../../lib/decide/stats/random.js'
import { miniSnapshot, textOf } from '../../test/support/mini-snapshot.js'
import { generateSnapshot, oneOf } from './generate.js'
import { mutate } from './mutate.js'

export interface FuzzCase {
  readonly bytes: Buffer
  /** Whether it has to be read: it is right by its making, and was not changed. */
  readonly isValid: boolean
  /** For what else is random about the case. */
  readonly random: Random
}

/** The case of a seed and a number: the same whenever it is made. */
export const makeCase = (seed: number, index: number, reals: readonly string[]): FuzzCase => {
  const random = mulberry32((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index, 0x85ebca6b)) >>> 0)
  const kind = random()
  const text =
    kind < 0.3 ? textOf(miniSnapshot()) : kind < 0.6 ? oneOf(random, reals) : generateSnapshot(random)
  const isValid = random() < 0.1
  const bytes = Buffer.from(text)
  return { bytes: isValid ? bytes : mutate(bytes, random), isValid, random }
}
