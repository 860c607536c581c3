import t from 'tap'

const NAME = 'ISOLATE_LEAK_TEST_SEED'
const DAY_MS = 86_400_000

const given = process.env[NAME] ?? ''

/** Seed of what tests draw by chance: another one every day, or that of the environment variable, to repeat a failure. */
export const testSeed = given === '' ? Math.floor(Date.now() / DAY_MS) : Number(given)
if (!Number.isSafeInteger(testSeed)) throw new Error(`expected ${NAME} to be a whole number, got ${given}`)

t.comment(`what is drawn by chance can be repeated with ${NAME}=${testSeed}`)
