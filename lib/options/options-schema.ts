import * as v from 'valibot'
import type { Backend } from '../types/index.js'
import {
  choice,
  durationMs,
  durationMsFromZero,
  flag,
  functionOf,
  numberIn,
  texts,
  wholeNumber,
} from './check/fields.js'
import { type Field, got, optionsOf } from './check/parse.js'
import { showValue } from './check/check-object.js'
import type { ResolvedOptions } from './resolved.js'
import type { IsolateLeakOptions } from './types.js'

export const EFFORTS: readonly ResolvedOptions['effort'][] = ['quick', 'standard', 'thorough']

/** In the order in which they are listed where nobody asked for one. */
export const BACKENDS: readonly Backend[] = ['up', 'down', 'slow', 'error', 'reset']

const STRATEGIES = ['auto', 'each', 'halving'] as const
const EVIDENCE = ['none', 'summary', 'snapshots', 'raw-snapshots'] as const

const ERROR_RATE = 0.05
const MAX_ERROR_RATE = 0.5
const HEAP_LIMIT_BYTES = 256 * 1024 * 1024
const MOST_AT_A_TIME = 64
const MOST_SHARDS = 1_000
/** Of seeds: they are from 0 to 2³² - 1. */
export const SEEDS: number = 2 ** 32

const someBackends = got(`an array with one or more of ${BACKENDS.map(backend => `'${backend}'`).join(', ')}`)
const backends: Field<readonly Backend[]> = v.pipe(
  v.array(choice(BACKENDS), someBackends),
  v.nonEmpty(someBackends),
  v.check(
    list => new Set(list).size === list.length,
    ({ input }) => `must not contain '${input.find((one, index) => input.indexOf(one) < index) ?? ''}' twice`,
  ),
)

const keep: Field<readonly string[]> = v.pipe(
  texts,
  v.check(list => list.every(one => one.trim() !== ''), 'must hold names of packages, one is empty'),
  v.transform(list => [...new Set(list)]),
)

const signal: Field<AbortSignal> = v.custom<AbortSignal>(
  value => classOf(value) === 'AbortSignal',
  ({ input }) =>
    `must be an AbortSignal, got ${showValue(input)}${classOf(input) === 'AbortController' ? ' (give its signal property)' : ''}`,
)

/** Also of what is of another realm: test runners run in one. */
function classOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}

const count = wholeNumber(1, MOST_SHARDS)
const shard = v.pipe(
  optionsOf({ count, index: numberIn({ integer: true }) }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { index } = dataset.value
    if (index >= 1 && index <= dataset.value.count) return
    const place = {
      type: 'object',
      origin: 'value',
      input: dataset.value,
      key: 'index',
      value: index,
    } as const
    const wanted = `a whole number, at least 1 and at most ${String(dataset.value.count)}`
    addIssue({ message: `must be ${wanted}, got ${String(index)}`, path: [place] })
  }),
)

/** Checked where what it depends on is known. */
const later = v.optional(v.unknown())

/**
 * What `isolateLeak()` is given: the fields there are, what each may be by itself, and defaults that depend on nothing else. What is
 * looked for on the disk, or depends on other options, is checked by whoever resolves it.
 */
const fields = {
  entry: later,
  agents: later,
  keep: v.optional(keep, []),
  workload: later,
  threshold: later,
  errorRate: v.optional(numberIn({ min: 0, max: MAX_ERROR_RATE, above: true }), ERROR_RATE),
  effort: v.optional(choice(EFFORTS), 'standard'),
  operations: later,
  strategy: v.optional(choice(STRATEGIES), 'auto'),
  backends: v.optional(backends, ['up']),
  concurrency: v.optional(wholeNumber(1, MOST_AT_A_TIME)),
  keepAliveBytes: v.optional(wholeNumber(0)),
  budgetMs: v.optional(durationMs),
  trialTimeoutMs: v.optional(durationMs),
  readyTimeoutMs: v.optional(durationMs, 30_000),
  retentionMs: v.optional(durationMsFromZero),
  evidence: v.optional(choice(EVIDENCE), 'summary'),
  evidenceHeapLimitBytes: v.optional(wholeNumber(0), HEAP_LIMIT_BYTES),
  outDir: later,
  resume: v.optional(flag, false),
  shard: v.optional(shard),
  history: later,
  notify: later,
  seed: v.optional(wholeNumber(0, SEEDS - 1)),
  signal: v.optional(signal),
  onEvent: v.optional(functionOf<NonNullable<IsolateLeakOptions['onEvent']>>()),
} satisfies Record<keyof Omit<IsolateLeakOptions, symbol>, v.GenericSchema>

/** Options that are in order by themselves, with the defaults that depend on nothing else. */
type CheckedOptions = Pick<
  ResolvedOptions,
  | 'keep'
  | 'errorRate'
  | 'effort'
  | 'backends'
  | 'readyTimeoutMs'
  | 'evidence'
  | 'evidenceHeapLimitBytes'
  | 'resume'
> &
  Pick<
    { readonly [Name in keyof IsolateLeakOptions]: IsolateLeakOptions[Name] | undefined },
    | 'strategy'
    | 'concurrency'
    | 'keepAliveBytes'
    | 'budgetMs'
    | 'trialTimeoutMs'
    | 'retentionMs'
    | 'shard'
    | 'seed'
    | 'signal'
    | 'onEvent'
  > & {
    readonly [Name in 'entry' | 'agents' | 'workload' | 'threshold' | 'operations' | 'outDir']?: unknown
  }

/** @see IsolateLeakOptions */
export const OPTIONS: Field<CheckedOptions> = optionsOf(fields)
