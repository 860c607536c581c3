import { dirname } from 'node:path'
import type { MissingPermissions, PermissionMark } from '../probe/protocol.cjs'
import { PRELOAD } from './probe-preload.js'

const MARK: PermissionMark = 'isolate-leak: not permitted: '
/** How Node tells that a file may not be read. */
const DENIED = /permission: 'FileSystemRead',\s+resource: '(.*)'/
const MAJOR = /^Node\.js v(\d+)/m
/** The first versions whose permission model can let an inspector in, and keeps from the network. */
const INSPECTOR_SINCE = 24
const NETWORK_SINCE = 25

/** What to do about a probe that Node's permission model kept out of the application, as a sentence; `null`: it did not. */
export function notPermitted(output: string): string | null {
  const line = output.split(/\r?\n/).find(one => one.startsWith(MARK))
  if (line !== undefined) return advice(JSON.parse(line.slice(MARK.length)) as MissingPermissions)
  // Where not even its first file may be read, nobody could ask what else is missing.
  const denied = DENIED.exec(output)?.[1]?.replaceAll('\\\\', '\\')
  if (denied !== PRELOAD) return null
  const major = Number(MAJOR.exec(output)?.[1])
  return advice({
    flags: [
      ...['--allow-worker', '--allow-inspector'],
      ...(major >= NETWORK_SINCE ? ['--allow-net'] : []),
      `--allow-fs-read=${dirname(dirname(PRELOAD))}`,
    ],
    possible: major >= INSPECTOR_SINCE,
    nodeVersion: String(major),
  })
}

function advice({ flags, possible, nodeVersion }: MissingPermissions): string {
  return possible
    ? `Node's permission model keeps the probe out: it has to be started with ${flags.join(' ')} as well (entry.nodeArgs)`
    : `Node's permission model keeps the probe out, and Node ${nodeVersion} has no way to let an inspector in: leave the permission ` +
        'model out for this run, or use a Node that has --allow-inspector (24.12 and 25 or newer)'
}
