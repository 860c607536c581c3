import type { DescribeFunctions, FunctionTable } from './describe-functions.cjs'
import type { Evaluate } from './evaluate.cjs'
import type { WithMainThread } from './main-thread-session.cjs'
import type { MainThread, MainThreadName, ModuleCache, ReceivedOptions } from './main-thread.cjs'
import type { ProbeRequest, Signs } from './protocol.cjs'
import type { QueryObjects } from './query-objects.cjs'
import type { Prototypes, ThreadSigns } from './thread-signs.cjs'

const { askForClasses, describeFunctions, differences } =
  require('./describe-functions.cjs') as DescribeFunctions
const evaluate = require('./evaluate.cjs') as Evaluate
const queryObjects = require('./query-objects.cjs') as QueryObjects
const withMainThread = require('./main-thread-session.cjs') as WithMainThread

type Request = Extract<ProbeRequest, { method: 'signs' }>
type Counted = keyof Prototypes

const name: MainThreadName = '__isolateLeakProbe'
const method: keyof MainThread = 'prototypes'
/** Finding objects collects before: each kind takes as long as a reading. */
const timeoutMs = 20_000
/** Of each module, further ones are only counted. */
const mostNames = 4
const longestName = 80

/** Events of `process` that are Node's: what an application calls its own may be anybody's name. */
const ofNode =
  /^(?:SIG[A-Z0-9]+|exit|beforeExit|message|disconnect|worker|warning|multipleResolves|newListener|removeListener|uncaughtException(?:Monitor)?|unhandledRejection|rejectionHandled|workerMessage)$/

const counted: Readonly<Record<Counted, string>> = {
  timers: 'timer',
  channels: 'diagnostics channel with subscribers',
  hooks: 'async hook',
  observers: 'performance observer',
  sessions: 'inspector session',
}

/** What the main thread has that an agent may have brought. The probe's own thread knows what Node is like where nobody has patched it. */
async function readSigns({ objects }: Request, received: ReceivedOptions): Promise<Signs> {
  return withMainThread(timeoutMs, async post => {
    const signs = new Map<string, number>()
    const { loaded, functions, listeners, hasLoaderHooks } = JSON.parse(
      await evaluate(post, 'signs'),
    ) as ThreadSigns
    const { shared } = JSON.parse(await evaluate(post, 'modules')) as ModuleCache
    askForClasses(functions)
    const pristine = describeFunctions(loaded, [])
    for (const [sign, count] of patches(differences(functions, pristine), pristine)) signs.set(sign, count)
    for (const [event, count] of Object.entries(listeners)) {
      const sign = `listener of process for ${ofNode.test(event) ? event : 'an event of its own'}`
      signs.set(sign, count + (signs.get(sign) ?? 0))
    }
    for (const flag of flagsOf(received)) signs.set(`flag ${flag}`, 1)
    signs.set('module hooks', hasLoaderHooks ? 1 : 0)
    signs.set('module that preload and application share', shared)
    if (objects)
      for (const [kind, what] of Object.entries(counted))
        signs.set(what, (await queryObjects(post, `${name}.${method}().${kind}`, countInUse)) ?? 0)
    return Object.fromEntries([...signs].filter(([, count]) => count > 0))
  })
}

/** In their order; what is new in the global object is a global. */
function patches(names: readonly string[], pristine: FunctionTable): Map<string, number> {
  const signs = new Map<string, number>()
  const ofHolder = new Map<string, number>()
  for (const changed of names) {
    // The description of a symbol may have any character in it.
    const isGlobal = !(changed in pristine) && (changed.startsWith('Symbol(') || !changed.includes('.'))
    const holder = isGlobal ? 'global' : (changed.split('.')[0] ?? '')
    const count = (ofHolder.get(holder) ?? 0) + 1
    ofHolder.set(holder, count)
    const named = changed.slice(0, longestName)
    if (count <= mostNames) signs.set(isGlobal ? `global ${named}` : `${named} patched`, 1)
    else signs.set(isGlobal ? 'further global' : `further function of ${holder} patched`, count - mostNames)
  }
  return signs
}

const ofPreloads = /^(?:--require|--import|--loader|--experimental-loader|--experimental-import)$/

/** Flags that change what Node does: without their values, which may be secret. */
function flagsOf({ execArgv, nodeOptions }: ReceivedOptions): string[] {
  return [...execArgv, ...nodeOptions.split(/\s+/)]
    .map(argument => argument.split('=')[0] ?? '')
    .filter(argument => argument.startsWith('--') && !ofPreloads.test(argument))
}

interface Counting {
  readonly _destroyed?: unknown
  readonly isOfProbe?: unknown
  readonly name?: unknown
}

/** Runs in the application, on an array of what was found: a timer that is over is none, nor is what the probe watches the start by. */
function countInUse(this: readonly Counting[]): number {
  let count = 0
  for (const { _destroyed: isOver, isOfProbe, name } of this) {
    if (isOver === true || isOfProbe === true) continue
    if (!String(name).startsWith('tracing:module.import:')) count++
  }
  return count
}

export type ReadSigns = typeof readSigns
module.exports = readSigns
