/**
 * First of all preloads, before every agent: takes what it needs of Node while it is still unpatched, and starts
 * the Worker that speaks with the trial host. In a Worker of the application it only passes the probe on to processes
 * that the Worker starts.
 */
import type * as Fs from 'node:fs'
import type * as Path from 'node:path'
import type * as WorkerThreads from 'node:worker_threads'
import type { EnvironmentDataKey } from './main-thread.cjs'
import type { PassToChildren } from './pass-to-children.cjs'
import type { MissingPermissions, PermissionMark, ProbeSettings } from './protocol.cjs'
import type { StartProbe } from './start-probe.cjs'

const path = require('node:path') as typeof Path
const { isMainThread, getEnvironmentData } = require('node:worker_threads') as typeof WorkerThreads

const settings = process.env['ISOLATE_LEAK_PROBE']
if (isMainThread && settings !== undefined) {
  delete process.env['ISOLATE_LEAK_PROBE']
  const missing = missingPermissions()
  if (missing === null) {
    const startProbe = require('./start-probe.cjs') as StartProbe
    startProbe(settings, preloader())
  } else if ((JSON.parse(settings) as ProbeSettings).child === undefined) {
    // A process that the application starts goes on without a probe.
    refuse(missing)
  }
} else if (!isMainThread) {
  const dataKey: EnvironmentDataKey = '__isolateLeakProbe'
  const passed = getEnvironmentData(dataKey)
  if (typeof passed === 'string') {
    const passToChildren = require('./pass-to-children.cjs') as PassToChildren
    passToChildren(JSON.parse(passed) as ProbeSettings)
  }
}

for (const file of Object.keys(require.cache)) {
  if (path.dirname(file) === __dirname) Reflect.deleteProperty(require.cache, file)
}

/** What Node's permission model keeps from the probe; `null`: nothing. Asked before anything is tried: denied an inspector, Node aborts. */
function missingPermissions(): MissingPermissions | null {
  // Absent without the model, whatever the types say.
  const { permission } = process as { permission?: NodeJS.ProcessPermission }
  if (permission === undefined) return null
  const known = process.allowedNodeEnvironmentFlags
  const flags = [
    ...(permission.has('worker') ? [] : ['--allow-worker']),
    ...(permission.has('inspector') ? [] : ['--allow-inspector']),
    ...(!known.has('--allow-net') || permission.has('net') ? [] : ['--allow-net']),
    ...(permission.has('fs.read', path.join(__dirname, 'start-probe.cjs'))
      ? []
      : [`--allow-fs-read=${path.dirname(__dirname)}`]),
  ]
  if (flags.length === 0) return null
  return { flags, possible: known.has('--allow-inspector'), nodeVersion: process.versions.node }
}

/** Ends the application before it begins. The host reads what is written: there is no other way to it yet. */
function refuse(missing: MissingPermissions): void {
  const fs = require('node:fs') as typeof Fs
  const mark: PermissionMark = 'isolate-leak: not permitted: '
  fs.writeSync(2, `${mark}${JSON.stringify(missing)}\n`)
  process.exit(1)
}

/** The module on whose behalf Node loads preloads. */
function preloader(): NodeJS.Module | null | undefined {
  // With --no-deprecation it is there, and cannot be written.
  const before = Object.getOwnPropertyDescriptor(process, 'noDeprecation')
  try {
    // `module.parent` warns on stderr under --pending-deprecation, and has no successor.
    if (before === undefined) process.noDeprecation = true
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return module.parent
  } finally {
    if (before === undefined) Reflect.deleteProperty(process, 'noDeprecation')
  }
}
