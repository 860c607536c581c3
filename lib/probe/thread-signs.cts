import type * as AsyncHooks from 'node:async_hooks'
import type * as DiagnosticsChannel from 'node:diagnostics_channel'
import type { DescribeFunctions, FunctionTable } from './describe-functions.cjs'

const { builtin, loadedModules, describeFunctions } = require('./describe-functions.cjs') as DescribeFunctions
// Both of the last are missing before 16.17.
const { channel, subscribe, unsubscribe } = require('node:diagnostics_channel') as Pick<
  typeof DiagnosticsChannel,
  'channel'
> &
  Partial<typeof DiagnosticsChannel>
const { createHook } = require('node:async_hooks') as typeof AsyncHooks
const { setTimeout, clearTimeout } = globalThis
const { eventNames, listenerCount } = process

/** What an agent leaves in a thread, as far as the thread itself can tell. */
export interface ThreadSigns {
  /** Of Node's modules. */
  readonly loaded: readonly string[]
  readonly functions: FunctionTable
  /** Of `process`, by event. */
  readonly listeners: Readonly<Record<string, number>>
  /** Whether the loader of ECMAScript modules has hooks. */
  readonly hasLoaderHooks: boolean
}

/** Objects of which every one is a sign, by their prototypes. */
export type Prototypes = Readonly<
  Partial<Record<'timers' | 'channels' | 'hooks' | 'observers' | 'sessions', object>>
>

const hooksModule = 'NativeModule internal/modules/esm/hooks'

/** @param own functions that the probe has put in place of others */
function threadSigns(own: readonly unknown[]): ThreadSigns {
  const loaded = loadedModules()
  const listeners: Record<string, number> = {}
  for (const event of eventNames.call(process)) listeners[String(event)] = listenerCount.call(process, event)
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] }
  return {
    ...{ loaded, functions: describeFunctions(loaded, own), listeners },
    hasLoaderHooks: moduleLoadList.includes(hooksModule),
  }
}

/** Evaluated from outside, at any moment: whatever makes objects is done before. */
const known = {
  timers: Object.getPrototypeOf(madeTimer()) as object,
  channels: prototypeOfListened(),
  hooks: Object.getPrototypeOf(createHook({})) as object,
}

function madeTimer(): NodeJS.Timeout {
  const timer = setTimeout(() => undefined, 1)
  clearTimeout(timer)
  return timer
}

/** A channel has another prototype while somebody listens. */
function prototypeOfListened(): object {
  const name = Symbol('isolate-leak')
  const made = channel(name)
  const onMessage = (): void => undefined
  subscribe?.(name, onMessage)
  const prototype = Object.getPrototypeOf(made) as object
  unsubscribe?.(name, onMessage)
  return prototype
}

function prototypes(): Prototypes {
  const loaded = loadedModules()
  const of = (name: string, type: string): object | undefined => {
    if (!loaded.includes(name)) return undefined
    return (builtin(name) as Record<string, { readonly prototype: object } | undefined>)[type]?.prototype
  }
  const observers = of('perf_hooks', 'PerformanceObserver')
  const sessions = of('inspector', 'Session')
  return { ...known, ...(observers && { observers }), ...(sessions && { sessions }) }
}

export interface ThreadSignsOf {
  readonly threadSigns: typeof threadSigns
  readonly prototypes: typeof prototypes
}
module.exports = { threadSigns, prototypes } satisfies ThreadSignsOf
