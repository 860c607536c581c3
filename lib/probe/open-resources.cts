import type { CountDescendants } from './count-process.cjs'
import type { ListDescriptors } from './list-descriptors.cjs'
import type { KeepWorkers } from './keep-workers.cjs'
import type { Listen, WithMainThread } from './main-thread-session.cjs'
import type { OpenResource } from './protocol.cjs'
import type { ReadProc } from './read-proc.cjs'
import type { Post } from './main-thread-link.cjs'
import type { MainThread, MainThreadName } from './main-thread.cjs'

const { countDescendants } = require('./count-process.cjs') as { countDescendants: CountDescendants }
const { runningWorkers } = require('./keep-workers.cjs') as KeepWorkers
const listDescriptors = require('./list-descriptors.cjs') as ListDescriptors
const withMainThread = require('./main-thread-session.cjs') as WithMainThread
const { entriesOf, textOf } = require('./read-proc.cjs') as ReadProc

type Resource = Omit<OpenResource, 'count'>

/**
 * Counts what the process has open by what it is: without contents, and without what it only listens on.
 * @param launched whether processes below it are its own to tell of
 */
async function openResources(launched: boolean, timeoutMs: number): Promise<OpenResource[]> {
  const found: Resource[] = [
    ...listDescriptors(),
    ...threadNames(),
    ...(launched ? processes() : []),
    ...(await withMainThread(timeoutMs, async (post, listen, isHeld) => {
      const { threads, detach } = await runningWorkers(post, listen)
      if (isHeld) await detach()
      const workers = threads.map(({ url }): Resource => ({
        kind: 'thread',
        what: `worker ${scriptOf(url)}`,
      }))
      return [...workers, ...(await listListeners(post, listen))]
    })),
  ]
  const counts = new Map<string, OpenResource>()
  for (const { kind, what } of found) {
    const key = `${kind} ${what}`
    counts.set(key, { kind, what, count: (counts.get(key)?.count ?? 0) + 1 })
  }
  return [...counts.values()]
}

function threadNames(): Resource[] {
  return (entriesOf('/proc/self/task') ?? []).flatMap(task => {
    const name = textOf(`/proc/self/task/${task}/comm`)
    return name === null ? [] : [{ kind: 'thread', what: name.trim() }]
  })
}

function processes(): Resource[] {
  return (countDescendants() ?? []).map(({ pid, name, isNode }) => {
    // Newer versions of Node call their processes after their main thread.
    return { kind: 'process', what: isNode ? `node ${scriptOfProcess(pid) ?? ''}`.trim() : name }
  })
}

const takesValue = /^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions)$/

/** Arguments themselves may be secret: only the name of a script is read. */
function scriptOfProcess(pid: number): string | null {
  const args = (textOf(`/proc/${String(pid)}/cmdline`) ?? '').split('\0').slice(1)
  const script = args.find((argument, index) => {
    return (
      /\.[cm]?[jt]s$/.test(argument) && !argument.startsWith('-') && !takesValue.test(args[index - 1] ?? '')
    )
  })
  return script ?? null
}

function scriptOf(url: string): string {
  return url === '' || url.startsWith('data:')
    ? '[eval]'
    : url.replace(/^file:\/\//, '').replace(/[?#].*$/, '')
}

const name: MainThreadName = '__isolateLeakProbe'
const method: keyof MainThread = 'listeners'
const objectGroup = 'isolate-leak'
/** Each is asked for: beyond that only the event is told. */
const mostLocated = 2000

interface RemoteObject {
  readonly type: string
  readonly value?: unknown
  readonly description?: string
  readonly objectId?: string
}

interface Property {
  readonly name: string
  readonly value?: RemoteObject
}

interface Properties {
  readonly result: readonly Property[]
  readonly internalProperties?: readonly Property[]
}

interface Place {
  readonly scriptId: string
  readonly lineNumber: number
}

/** Listeners of `process`, by event and place. */
async function listListeners(post: Post, listen: Listen): Promise<Omit<OpenResource, 'count'>[]> {
  const scripts = new Map<string, string>()
  listen('Debugger.scriptParsed', message => {
    const { scriptId, url } = message as { scriptId: string; url: string }
    scripts.set(scriptId, url)
  })
  const { result } = await post<{ result: RemoteObject }>('Runtime.evaluate', {
    expression: `${name}.${method}()`,
    silent: true,
    objectGroup,
  })
  const pairs = (await propertiesOf(post, result)).result.filter(property => /^\d+$/.test(property.name))
  const places: (Place | null)[] = []
  for (let at = 1; at < pairs.length; at += 2) {
    places.push(at / 2 < mostLocated ? await placeOf(post, pairs[at]?.value) : null)
  }
  // Names all scripts.
  await post('Debugger.enable')
  await post('Debugger.disable')
  await post('Runtime.releaseObjectGroup', { objectGroup })
  return places.map((place, index) => {
    const event = pairs[2 * index]?.value
    const script = scripts.get(place?.scriptId ?? '') ?? ''
    const where =
      place === null || script === '' ? '' : ` at ${pathOf(script)}:${String(place.lineNumber + 1)}`
    return {
      kind: 'listener',
      what: `process ${typeof event?.value === 'string' ? event.value : (event?.description ?? '')}${where}`,
    }
  })
}

/** Of the function itself where it is wrapped, as by `once`, or bound. */
async function placeOf(post: Post, listener: RemoteObject | undefined): Promise<Place | null> {
  const { result, internalProperties = [] } = await propertiesOf(post, listener)
  const inner = result.find(property => property.name === 'listener')?.value
  if (inner?.type === 'function') return placeOf(post, inner)
  const internal = (property: string): RemoteObject | undefined =>
    internalProperties.find(one => one.name === property)?.value
  const target = internal('[[TargetFunction]]')
  if (target !== undefined) return placeOf(post, target)
  return (internal('[[FunctionLocation]]')?.value as Place | undefined) ?? null
}

async function propertiesOf(post: Post, object: RemoteObject | undefined): Promise<Properties> {
  if (object?.objectId === undefined) return { result: [] }
  return post<Properties>('Runtime.getProperties', { objectId: object.objectId, ownProperties: true })
}

function pathOf(url: string): string {
  return url.startsWith('data:') ? 'data:' : url.replace(/^file:\/\//, '').replace(/[?#].*$/, '')
}

export type OpenResources = typeof openResources
module.exports = openResources
