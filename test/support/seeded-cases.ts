import type { Metric } from 'isolate-leak'
import { projectPath } from './project-path.js'

/** What a case needs to be told right. */
export interface Scale {
  /** Seconds when idle. */
  readonly operations: number
  /** Bytes per operation. */
  readonly threshold: number
  readonly retentionMs: number
}

/** The application under the agent, and what drives it. */
export interface Setting {
  /** File in `test/fixtures/apps`. */
  readonly entry: string
  readonly workload: 'http' | 'idle'
  readonly applicationLeaks: boolean
}

/** A made-up leak, or its harmless twin. */
export interface SeededCase {
  readonly name: string
  readonly scale: Scale
  readonly setting: Setting
  /** Preload, absolute path. */
  readonly file: string
  /** Leak that the twin resembles. */
  readonly twinOf?: string
  readonly leaks: boolean
  /** What grows, or for a twin what would if it leaked. */
  readonly metric: Metric
  /** Growth of the metric, where it is known; per second when idle. */
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
/** Sees what grows by the second, and forgives what is kept for a few. */
const seconds: Scale = { operations: 24, threshold: 2_048, retentionMs: 0 }

const requests: Setting = { entry: 'plain-server.cjs', workload: 'http', applicationLeaks: false }
const idle: Setting = { ...requests, workload: 'idle' }
/** The application keeps an object per request. */
const leaking: Setting = { entry: 'keeps-resources.cjs', workload: 'http', applicationLeaks: true }

type Rest = Partial<Pick<SeededCase, 'setting' | 'metric' | 'perOperation' | 'env'>>

const file = (name: string): string => projectPath('test', 'fixtures', 'seeded', `${name}.cjs`)

const leak = (name: string, scale: Scale, rest: Rest = {}): SeededCase => ({
  ...{ name, file: file(name), leaks: true, metric: 'heap', setting: requests },
  scale,
  ...rest,
})

const twin = (name: string, twinOf: string, scale: Scale, rest: Rest = {}): SeededCase => ({
  ...{ name, file: file(name), twinOf, leaks: false, metric: 'heap', setting: requests },
  scale,
  ...rest,
})

export const seededCases: readonly SeededCase[] = [
  leak('object-each', small, { perOperation: 176 }),
  leak('object-each-10th', small, { perOperation: 150 }),
  leak('object-each-100th', small, { perOperation: 146 }),
  leak('request-map', patient),
  leak('process-listener', small, { metric: 'listeners', perOperation: 1 }),
  leak('emitter-listener', small),
  leak('context-chain', small),
  leak('buffer-each', small, { metric: 'arrayBuffers', perOperation: 2048 }),
  leak('buffer-each-1000th', small, { metric: 'arrayBuffers', perOperation: 1_048_576 / 1000 }),
  leak('string-each-256th', small, { metric: 'external', perOperation: 1_100_000 / 256 }),
  leak('unref-timer', small),
  leak('interval-each', small),
  leak('referenced-timer', small, { metric: 'handles', perOperation: 1 }),
  leak('descriptor-each-50th', small, { metric: 'fds', perOperation: 1 / 50 }),
  leak('socket-each-50th', small, { metric: 'handles', perOperation: 2 / 50 }),
  leak('thread-each-320th', small, { metric: 'threads', perOperation: 1 / 320 }),
  leak('vm-context-each-100th', small, { metric: 'contexts', perOperation: 1 / 100 }),
  leak('block-each-500th', small, { perOperation: 131 }),
  leak('entry-each-collection', small),
  leak('number-array', fine),
  leak('number-map', large),
  leak('late-onset', long),
  leak('context-per-request', small, { setting: leaking }),
  leak('growth-each-second', seconds, { setting: idle, perOperation: 16_384 }),
  leak('object-each-tick', seconds, { setting: idle }),
  leak('reader-each-tick', seconds, { setting: idle }),
  leak('listener-each-second', seconds, { setting: idle, metric: 'listeners', perOperation: 1 }),

  twin('offset', 'object-each', small),
  twin('lru-500-sequential', 'object-each', small),
  twin('lru-500-random', 'object-each-10th', small),
  twin('ring-buffer', 'object-each', small),
  twin('batch-each-second', 'object-each', small),
  twin('batch-each-5s', 'object-each', small),
  twin('expiring-2s', 'object-each', small),
  twin('expiring-cache', 'request-map', patient),
  twin('expiring-on-touch', 'request-map', patient),
  twin('process-listener-removed', 'process-listener', small, { metric: 'listeners' }),
  twin('emitter-listener-removed', 'emitter-listener', small),
  twin('buffer-pool', 'buffer-each', small, { metric: 'arrayBuffers' }),
  twin('buffer-replaced', 'buffer-each-1000th', small, { metric: 'arrayBuffers' }),
  twin('buffer-dropped', 'buffer-each', small, { metric: 'arrayBuffers' }),
  twin('string-dropped', 'string-each-256th', small, { metric: 'external' }),
  twin('timer-cleared', 'unref-timer', small),
  twin('interval-cleared', 'interval-each', small),
  twin('referenced-timer-fires', 'referenced-timer', small, { metric: 'handles' }),
  twin('descriptor-pool', 'descriptor-each-50th', small, { metric: 'fds' }),
  twin('descriptor-closed', 'descriptor-each-50th', small, { metric: 'fds' }),
  twin('socket-closed', 'socket-each-50th', small, { metric: 'handles' }),
  twin('thread-terminated', 'thread-each-320th', small, { metric: 'threads' }),
  twin('late-step', 'block-each-500th', small, { env: { SEEDED_STEP_AT: '4300' } }),
  twin('latest-collections', 'entry-each-collection', small),
  twin('number-ring', 'number-array', fine),
  twin('lru-5000-sequential', 'number-map', large),
  twin('lru-5000-random', 'number-map', large),
  // On an application that keeps nothing.
  twin('context-per-request', 'context-per-request', small),
  twin('offset', 'context-per-request', small, { setting: leaking }),
  twin('batch-each-2s', 'growth-each-second', seconds, { setting: idle }),
  twin('ring-each-tick', 'object-each-tick', seconds, { setting: idle }),
  twin('expiring-each-tick', 'object-each-tick', seconds, { setting: idle }),
  twin('reader-merges', 'reader-each-tick', seconds, { setting: idle }),
]

/** Cases that are told right by the same call, since they agree in scale and setting. */
export interface SeededGroup {
  readonly scale: Scale
  readonly setting: Setting
  readonly cases: readonly SeededCase[]
}

export const seededGroups: readonly SeededGroup[] = [requests, leaking, idle].flatMap(setting =>
  [small, large, long, fine, patient, seconds]
    .map(scale => ({
      scale,
      setting,
      cases: seededCases.filter(seeded => seeded.scale === scale && seeded.setting === setting),
    }))
    .filter(({ cases }) => cases.length > 0),
)
