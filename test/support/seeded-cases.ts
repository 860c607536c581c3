import type { Metric } from 'isolate-leak'
import { projectPath } from './project-path.js'

/** What a case needs to be told right. */
export interface Scale {
  readonly operations: number
  /** Bytes per operation. */
  readonly threshold: number
  readonly retentionMs: number
}

/** A made-up leak, or its harmless twin. */
export interface SeededCase {
  readonly name: string
  readonly scale: Scale
  /** Preload, absolute path. */
  readonly file: string
  /** Leak that the twin resembles. */
  readonly twinOf?: string
  readonly leaks: boolean
  /** What grows, or for a twin what would if it leaked. */
  readonly metric: Metric
  /** Growth of the metric, where it is known. */
  readonly perOperation?: number
  readonly env?: Readonly<Record<string, string>>
}

/** Few operations; forgives caches of up to about a thousand entries. */
const small: Scale = { operations: 5_120, threshold: 64, retentionMs: 3_000 }
/** Forgives caches of five thousand entries. */
const large: Scale = { operations: 20_480, threshold: 16, retentionMs: 3_000 }
/** Sees growth that begins after ten thousand operations. */
const long: Scale = { operations: 40_960, threshold: 64, retentionMs: 3_000 }
/** Sees eight bytes an operation. */
const fine: Scale = { operations: 56_000, threshold: 4, retentionMs: 3_000 }
/** Forgives what is kept longer than a trial takes. */
const patient: Scale = { ...small, retentionMs: 25_000 }

export const scales: readonly Scale[] = [small, large, long, fine, patient]

type Rest = Partial<Pick<SeededCase, 'metric' | 'perOperation' | 'env'>>

const file = (name: string): string => projectPath('test', 'fixtures', 'seeded', `${name}.cjs`)

const leak = (name: string, scale: Scale, rest: Rest = {}): SeededCase => ({
  ...{ name, file: file(name), leaks: true, metric: 'heap' },
  scale,
  ...rest,
})

const twin = (name: string, twinOf: string, scale: Scale, rest: Rest = {}): SeededCase => ({
  ...{ name, file: file(name), twinOf, leaks: false, metric: 'heap' },
  scale,
  ...rest,
})

export const seededCases: readonly SeededCase[] = [
  leak('object-each', small, { perOperation: 176 }),
  leak('object-each-10th', small, { perOperation: 150 }),
  leak('object-each-100th', small, { perOperation: 146 }),
  leak('request-map', patient),
  leak('process-listener', small, { metric: 'listeners', perOperation: 1 }),
  leak('context-chain', small),
  leak('buffer-each', small, { metric: 'arrayBuffers', perOperation: 2048 }),
  leak('unref-timer', small),
  leak('descriptor-each-50th', small, { metric: 'fds', perOperation: 1 / 50 }),
  leak('vm-context-each-100th', small, { metric: 'contexts', perOperation: 1 / 100 }),
  leak('block-each-500th', small, { perOperation: 131 }),
  leak('number-array', fine),
  leak('number-map', large),
  leak('late-onset', long),

  twin('offset', 'object-each', small),
  twin('lru-500-sequential', 'object-each', small),
  twin('lru-500-random', 'object-each-10th', small),
  twin('ring-buffer', 'object-each', small),
  twin('batch-each-second', 'object-each', small),
  twin('expiring-cache', 'request-map', patient),
  twin('process-listener-removed', 'process-listener', small, { metric: 'listeners' }),
  twin('buffer-pool', 'buffer-each', small, { metric: 'arrayBuffers' }),
  twin('buffer-dropped', 'buffer-each', small, { metric: 'arrayBuffers' }),
  twin('timer-cleared', 'unref-timer', small),
  twin('descriptor-pool', 'descriptor-each-50th', small, { metric: 'fds' }),
  twin('descriptor-closed', 'descriptor-each-50th', small, { metric: 'fds' }),
  twin('late-step', 'block-each-500th', small, { env: { SEEDED_STEP_AT: '4300' } }),
  twin('number-ring', 'number-array', fine),
  twin('lru-5000-sequential', 'number-map', large),
  twin('lru-5000-random', 'number-map', large),
]
