import { HISTORY_SCHEMA_VERSION, type Night } from '../../lib/nightly/history/night.js'
import { mulberry32 } from '../../lib/decide/stats/random.js'
import { tQuantile } from '../../lib/decide/stats/student-t.js'

/** A history as it might come about, made from a seed. */
export interface MadeHistory {
  readonly seed: number
  readonly nights?: number
  /** Growth until the regression, bytes per operation. */
  readonly level?: number
  /** Growth since. */
  readonly later?: number
  /** First night of the regression, from 1; absent: there is none. */
  readonly regression?: number
  /** Standard deviation of a night's estimate around the truth of that night. */
  readonly deviation: number
  /** Standard deviation of what is another every night: the machine, its neighbours. */
  readonly nightDeviation?: number
  /** Shares of nights that are far off, inconclusive, failed. */
  readonly odd?: number
  readonly inconclusive?: number
  readonly failed?: number
  readonly threshold?: number
  /** Nights, from 1, from which on the agent has another version. Default: that of the regression. */
  readonly versions?: readonly number[]
}

const TRIALS = 3
const DEGREES = 2 * (TRIALS - 1)
const ERROR_RATE = 0.05
const QUANTILE = tQuantile(1 - ERROR_RATE / 2, DEGREES)
const START = Date.UTC(2026, 0, 1, 2)
const DAY = 86_400_000

/** Nights of one agent, `apm`, whose version goes from 1.0.0 to 1.1.0 and so on. */
export function madeHistory(options: MadeHistory): Night[] {
  const { seed, nights = 30, level = 2, later = 9, regression = Infinity, deviation } = options
  const { nightDeviation = deviation / 3, odd = 0.02, inconclusive = 0.05, failed = 0.03 } = options
  const { threshold = 16, versions = [regression] } = options
  const random = mulberry32(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Array.from({ length: nights }, (_, index): Night => {
    const base = {
      schemaVersion: HISTORY_SCHEMA_VERSION,
      startedAt: new Date(START + index * DAY).toISOString(),
      totalMs: 600_000,
      run: null,
    } as const
    const [failing, doubt, oddity] = [random(), random(), random()] as const
    const isOpen = doubt < inconclusive
    const version = `1.${String(versions.filter(night => index + 1 >= night).length)}.0`
    const truth = index + 1 >= regression ? later : level
    const noise = deviation * (isOpen ? 3 : 1)
    const chi = Array.from({ length: DEGREES }, normal).reduce((sum, value) => sum + value ** 2, 0)
    const standardError = noise * Math.sqrt(chi / DEGREES)
    const jump = oddity < odd ? (5 + 25 * random()) * (random() < 0.7 ? 1 : -1) : 0
    const estimate = truth + jump + nightDeviation * normal() + noise * normal()
    if (failing < failed)
      return { ...base, outcome: 'failed', error: { code: 'ERR_WORKLOAD_FAILED', message: 'refused' } }
    const high = estimate + QUANTILE * standardError
    const low = estimate - QUANTILE * standardError
    const verdict = low > threshold ? 'leak' : high < threshold && !isOpen ? 'clean' : 'inconclusive'
    return {
      ...base,
      outcome: 'finished',
      verdict,
      culprits: [],
      components: [
        {
          ...{ name: 'apm', kind: 'agent', verdict, trials: TRIALS, startBytes: 100_000 },
          metrics: [{ metric: 'heap', verdict, estimate, low, high, unit: 'bytes/operation', threshold }],
        },
      ],
      versions: {
        isolateLeak: '1.0.0',
        node: '20.20.2',
        v8: '11.3.244.8-node.38',
        os: 'linux 6.1.0 x64',
        application: { name: 'shop', version: '3.1.0', commit: null },
        agents: [{ name: 'apm', package: 'apm', version, tree: null }],
      },
      configuration: {
        digest: '0000000000000000',
        values: { operations: 20_480, workload: 'GET /', errorRate: ERROR_RATE, threshold },
      },
    }
  })
}
