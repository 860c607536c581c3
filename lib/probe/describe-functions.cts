import type * as ModuleExports from 'node:module'

interface Descriptor {
  readonly value?: unknown
  readonly get?: () => unknown
}
/** Marks by name. */
export type FunctionTable = Readonly<Record<string, string>>
type Builtin = (name: string) => unknown

/** What agents patch. Those that are not loaded are left alone: nobody has patched them. */
const modules = [
  ...['async_hooks', 'child_process', 'cluster', 'console', 'crypto', 'dgram', 'diagnostics_channel', 'dns'],
  ...['dns/promises', 'events', 'fs', 'fs/promises', 'http', 'http2', 'https', 'inspector', 'module', 'net'],
  ...[
    'perf_hooks',
    'stream',
    'timers',
    'timers/promises',
    'tls',
    'url',
    'util',
    'vm',
    'worker_threads',
    'zlib',
  ],
]
/** Of `process`; others differ from one thread to another. */
const ofProcess = new Set(
  'emit on once addListener off removeListener prependListener listeners nextTick emitWarning hrtime memoryUsage cpuUsage resourceUsage uptime dlopen'.split(
    ' ',
  ),
)
const ofFunctions = new Set(['prototype', 'constructor', 'name', 'length', 'caller', 'arguments'])
/** Globals that packages leave by being loaded, and Node by its own use of them. */
const ofLoading = /undici\.globalDispatcher|core-js/
/** Helpers that tslib leaves as globals. */
const ofTslib =
  /^__(?:extends|assign|rest|decorate|param|esDecorate|runInitializers|propKey|setFunctionName|metadata|awaiter|generator|exportStar|createBinding|values|read|spread|spreadArrays|spreadArray|await|asyncGenerator|asyncDelegator|asyncValues|makeTemplateObject|importStar|importDefault|classPrivateField(?:Get|Set|In)|addDisposableResource|disposeResources|rewriteRelativeImportExtension)$/
const accessor = 'get '

// Of what is asked for through a patched `require`, hooks would take notice.
const { _load } = require('node:module') as typeof ModuleExports & {
  readonly _load: (request: string, parent: null, isMain: boolean) => unknown
}
const getBuiltinModule = (process as { getBuiltinModule?: Builtin }).getBuiltinModule
const builtin: Builtin = getBuiltinModule ?? (name => _load(`node:${name}`, null, false))
const { toString } = Function.prototype

/** Those of the modules above that the thread has loaded. */
function loadedModules(): string[] {
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] }
  return modules.filter(name => moduleLoadList.includes(`NativeModule ${name}`))
}

/**
 * Functions of Node and of the language, and all globals, with what tells them from others, by name, in the thread that calls this. No
 * accessor is called, and nothing is loaded that is not in `loaded`.
 * @param own functions that are left out
 */
function describeFunctions(loaded: readonly string[], own: readonly unknown[]): FunctionTable {
  const table: Record<string, string> = {}
  const seen = new Set<unknown>()

  function add(name: string, holder: object, key: string | symbol, others: boolean): unknown {
    const { value, get } = (Reflect.getOwnPropertyDescriptor(holder, key) ?? {}) as Descriptor
    if (get !== undefined) table[name] = `${accessor}${mark(get)}`
    else if (typeof value === 'function' && !own.includes(value)) table[name] = mark(value)
    else if (others) table[name] = 'value'
    return value
  }

  function walk(name: string, holder: object, others = false): void {
    for (const key of Reflect.ownKeys(holder)) {
      if (ofLoading.test(String(key)) || (name === '' && ofTslib.test(String(key)))) continue
      if (typeof key === 'symbol' && !others) continue
      if (typeof key === 'string' && ofFunctions.has(key)) continue
      const path = name === '' ? String(key) : `${name}.${String(key)}`
      const value = add(path, holder, key, others)
      if (typeof value === 'function') walkPrototype(path, value)
    }
  }

  function walkPrototype(name: string, owner: object): void {
    const prototype: unknown = Reflect.getOwnPropertyDescriptor(owner, 'prototype')?.value
    if (typeof prototype !== 'object' || prototype === null || seen.has(prototype)) return
    seen.add(prototype)
    walk(`${name}.prototype`, prototype)
  }

  for (const name of loaded) {
    const exported = builtin(name) as object
    if (typeof exported === 'function') walkPrototype(name, exported)
    walk(name, exported)
    if (name === 'module') walk('module._extensions', (exported as { _extensions: object })._extensions)
  }
  walk('', globalThis, true)
  walk('Error', Error)
  walk('Promise', Promise)
  for (const key of ofProcess)
    if (Reflect.getOwnPropertyDescriptor(process, key) !== undefined)
      add(`process.${key}`, process, key, false)
  return table
}

/**
 * Asks for the classes that the thread of `table` has asked for, where Node gives them when they are first asked for: until then a thread
 * does not have their methods, which are not patched for being there.
 */
function askForClasses(table: FunctionTable): void {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const there = table[name]
    if (there === undefined || there === 'value' || there.startsWith(accessor)) continue
    if (Reflect.getOwnPropertyDescriptor(globalThis, name)?.get !== undefined) Reflect.get(globalThis, name)
  }
}

/** Names in `table` that are not there or not the same in `pristine`. What gives its value when it is first asked for is not told from it. */
function differences(table: FunctionTable, pristine: FunctionTable): string[] {
  return Object.keys(table).filter(name => {
    const [now, before] = [table[name], pristine[name]]
    return now !== before && !(before?.startsWith(accessor) === true && now?.startsWith(accessor) !== true)
  })
}

/** A function that stands for another has another text, a native one included: it has the name in it. */
function mark(value: unknown): string {
  const text = textOf(value)
  let hash = 0
  for (let at = 0; at < text.length && at < 256; at++) hash = (31 * hash + text.charCodeAt(at)) | 0
  return `${String(text.length)} ${String(hash)}`
}

function textOf(value: unknown): string {
  return toString.call(value)
}

export interface DescribeFunctions {
  readonly builtin: Builtin
  readonly loadedModules: typeof loadedModules
  readonly describeFunctions: typeof describeFunctions
  readonly askForClasses: typeof askForClasses
  readonly differences: typeof differences
}
module.exports = {
  builtin,
  loadedModules,
  describeFunctions,
  askForClasses,
  differences,
} satisfies DescribeFunctions
