import type * as Path from 'node:path'
import type { ModuleCache } from './main-thread.cjs'

const path = require('node:path') as typeof Path

/**
 * Tells, as JSON, what the CommonJS loader has loaded.
 * @param preloader the module on whose behalf Node loads `--require` preloads
 */
function readModuleCache(preloader: NodeJS.Module | null | undefined): () => string {
  return () => {
    const files = applicationFiles()
    const ofPreloads = new Set<string>()
    for (const preload of preloader?.children ?? []) {
      if (!isOwn(preload.filename)) collectTree(preload, ofPreloads)
    }
    const cache: ModuleCache = {
      files,
      preloaded: files.filter(file => ofPreloads.has(file)),
      sentryVersion: sentryVersion(),
      openTelemetryVersion: openTelemetryVersion(),
      shared: countShared(preloader?.children ?? [], ofPreloads),
      requiredBy: requirersOf(files),
    }
    return JSON.stringify(cache)
  }
}

function applicationFiles(): string[] {
  return Object.keys(require.cache).filter(file => !isOwn(file))
}

function isOwn(file: string): boolean {
  return path.dirname(file) === __dirname
}

function collectTree(root: NodeJS.Module, files: Set<string>): void {
  const waiting = [root]
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    if (files.has(module.filename)) continue
    files.add(module.filename)
    waiting.push(...module.children)
  }
}

/** Modules that somebody's own preload loads, and the application as well: what it wraps of them is seen nowhere else. */
function countShared(preloads: readonly NodeJS.Module[], ofPreloads: ReadonlySet<string>): number {
  const own = new Set<string>()
  const loaded = new Set<string>()
  const waiting = preloads.filter(({ filename }) => !isOwn(filename))
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    if (own.has(module.filename) || installFolder(module.filename) !== '') continue
    own.add(module.filename)
    for (const { filename } of module.children) loaded.add(filename)
    waiting.push(...module.children)
  }
  const others = Object.values(require.cache).filter(module => module && !ofPreloads.has(module.filename))
  const wanted = new Set(others.flatMap(module => module?.children ?? []).map(({ filename }) => filename))
  return [...loaded].filter(file => wanted.has(file)).length
}

/** Within packages there would be an entry for every file. */
function requirersOf(files: readonly string[]): Record<string, string> {
  const requirers: Record<string, string> = {}
  for (const file of files) {
    for (const { filename } of require.cache[file]?.children ?? []) {
      const isNew = !(filename in requirers) && installFolder(filename) !== installFolder(file)
      if (isNew && installFolder(filename) !== '') requirers[filename] = file
    }
  }
  return requirers
}

/** Folder of the installed package that a file is in, empty string for the application's own. */
function installFolder(file: string): string {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0] ?? ''
}

function sentryVersion(): string | null {
  const carrier = (globalThis as { __SENTRY__?: { version?: unknown } }).__SENTRY__
  return typeof carrier?.version === 'string' ? carrier.version : null
}

/** The registry alone shows nothing: whoever asks for a tracer, or logs, makes one. */
function openTelemetryVersion(): string | null {
  const key = Symbol.for('opentelemetry.js.api.1')
  const registry = (globalThis as Record<symbol, { version?: unknown; trace?: unknown } | undefined>)[key]
  if (registry?.trace === undefined) return null
  return typeof registry.version === 'string' ? registry.version : ''
}

export type ReadModuleCache = typeof readModuleCache
module.exports = readModuleCache
