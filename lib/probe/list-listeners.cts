import type { Post } from './main-thread-link.cjs'
import type { Listen } from './main-thread-session.cjs'
import type { MainThread, MainThreadName } from './main-thread.cjs'
import type { OpenResource } from './protocol.cjs'

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

export type ListListeners = typeof listListeners
module.exports = listListeners
