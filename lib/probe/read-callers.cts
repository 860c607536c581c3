import type * as Path from 'node:path'
import type * as Url from 'node:url'

const { fileURLToPath } = require('node:url') as typeof Url
const path = require('node:path') as typeof Path

const deepestFrames = 50

/** Files on the call stack above `below`, innermost first: absolute paths and `node:` names, neighbours once. */
function readCallers(below: (...args: never[]) => unknown): string[] {
  const files: string[] = []
  for (const site of callSites(below)) {
    const name = site.getFileName() ?? null
    if (name === null || name === '') continue
    const file = name.startsWith('file:') ? fileURLToPath(name) : name
    if (file !== files[files.length - 1] && path.dirname(file) !== __dirname) files.push(file)
  }
  return files
}

function callSites(below: (...args: never[]) => unknown): readonly NodeJS.CallSite[] {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  const target: { stack?: unknown } = {}
  try {
    Error.stackTraceLimit = deepestFrames
    Error.prepareStackTrace = (_error, sites) => sites
    Error.captureStackTrace(target, below)
    return Array.isArray(target.stack) ? (target.stack as NodeJS.CallSite[]) : []
  } finally {
    restore('stackTraceLimit', limit)
    restore('prepareStackTrace', prepare)
  }
}

function restore(
  key: 'stackTraceLimit' | 'prepareStackTrace',
  descriptor: PropertyDescriptor | undefined,
): void {
  if (descriptor === undefined) Reflect.deleteProperty(Error, key)
  else Object.defineProperty(Error, key, descriptor)
}

export type ReadCallers = typeof readCallers
module.exports = readCallers
