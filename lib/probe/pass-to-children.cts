import type * as ChildProcesses from 'node:child_process'
import type * as Path from 'node:path'
import type { CopyShape } from './copy-shape.cjs'
import type { ProbeSettings } from './protocol.cjs'

const { ChildProcess } = require('node:child_process') as typeof ChildProcesses
const path = require('node:path') as typeof Path
const copyShape = require('./copy-shape.cjs') as CopyShape

type Spawn = (this: unknown, options: unknown, ...rest: unknown[]) => unknown

interface SpawnOptions {
  readonly envPairs?: readonly string[]
  readonly args?: readonly string[]
}

/** By which the host finds processes that left their group. */
const marker = 'ISOLATE_LEAK_TRIAL'
const settingsName = 'ISOLATE_LEAK_PROBE'
const requirePreload = `--require ${JSON.stringify(path.join(__dirname, 'preload.cjs'))}`

/**
 * Puts the probe, and after it what agents preload, into the environment of every process that this thread starts from now on, also where
 * the application replaces that environment. `process.env` stays as it is. What `spawnSync` starts is over before anything can be read.
 */
function passToChildren(settings: ProbeSettings): void {
  const { socket, token, v8Flags, evidence, preloads } = settings
  const mark = process.env[marker]
  const pairsOf = (added: readonly string[]): string => {
    const own = {
      ...(evidence === undefined ? {} : { evidence }),
      ...(preloads === undefined ? {} : { preloads }),
    }
    const passed: ProbeSettings = { socket, token, keepAlive: false, v8Flags, child: { added }, ...own }
    return `${settingsName}=${JSON.stringify(passed)}`
  }
  const marked = pairsOf([])
  const unmarked = pairsOf([marker])

  const prototype = ChildProcess.prototype as unknown as { spawn: Spawn }
  const original = prototype.spawn

  function spawn(this: unknown, options: unknown, ...rest: unknown[]): unknown {
    return Reflect.apply(original, this, [isOptions(options) ? withProbe(options) : options, ...rest])
  }

  function withProbe(given: SpawnOptions): SpawnOptions {
    const pairs = [...(given.envPairs ?? [])]
    const at = pairs.findIndex(pair => pair.startsWith('NODE_OPTIONS='))
    const own = at === -1 ? '' : (pairs[at] ?? '').slice('NODE_OPTIONS='.length)
    // A process with restricted permissions could not read the preload, and would not start.
    const args = given.args ?? []
    if (isRestricted(own) || args.some(isRestricted)) return given

    const options = [requirePreload, own, ...preloadsFor(own, args)].filter(text => text !== '')
    const nodeOptions = `NODE_OPTIONS=${options.join(' ')}`
    if (at === -1) pairs.push(nodeOptions)
    else pairs[at] = nodeOptions
    const isMarked = mark === undefined || pairs.some(pair => pair.startsWith(`${marker}=`))
    if (!isMarked) pairs.push(`${marker}=${mark}`)
    pairs.push(isMarked ? marked : unmarked)
    return { ...given, envPairs: pairs }
  }

  /** What the process does not carry already, by its arguments or since the process above does. */
  function preloadsFor(own: string, args: readonly string[]): string[] {
    if (preloads === undefined || own.includes(preloads.options)) return []
    const brings = (file: string): boolean => args.some(argument => argument.endsWith(file))
    return preloads.files.every(brings) ? [] : [preloads.options]
  }

  copyShape(original, spawn)
  prototype.spawn = spawn
}

/** Anything else is for Node to refuse. */
function isOptions(options: unknown): options is SpawnOptions {
  if (typeof options !== 'object' || options === null) return false
  const { envPairs, args } = options as { envPairs?: unknown; args?: unknown }
  return isTexts(envPairs) && isTexts(args)
}

function isTexts(list: unknown): boolean {
  return list === undefined || (Array.isArray(list) && list.every(text => typeof text === 'string'))
}

function isRestricted(text: unknown): boolean {
  return typeof text === 'string' && /(?:^|\s)--(?:experimental-)?permission(?:$|\s)/.test(text)
}

export type PassToChildren = typeof passToChildren
module.exports = passToChildren
