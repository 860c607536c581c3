import type { Test } from 'tap'
import { mulberry32, type Random } from '../../lib/stats/random.js'

/** Choices that differ from run to run, and that `TEST_SEED` with the seed that is printed repeats. */
export const seededRandom = (t: Pick<Test, 'comment'>): Random => {
  const given = process.env.TEST_SEED
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given)
  t.comment(`TEST_SEED=${String(seed)}`)
  return mulberry32(seed)
}
