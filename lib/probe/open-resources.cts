import type { CountDescendants } from './count-process.cjs'
import type { ListDescriptors } from './list-descriptors.cjs'
import type { ListListeners } from './list-listeners.cjs'
import type { KeepWorkers } from './keep-workers.cjs'
import type { WithMainThread } from './main-thread-session.cjs'
import type { OpenResource } from './protocol.cjs'
import type { ReadProc } from './read-proc.cjs'

const { countDescendants } = require('./count-process.cjs') as { countDescendants: CountDescendants }
const { runningWorkers } = require('./keep-workers.cjs') as KeepWorkers
const listDescriptors = require('./list-descriptors.cjs') as ListDescriptors
const listListeners = require('./list-listeners.cjs') as ListListeners
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

export type OpenResources = typeof openResources
module.exports = openResources
