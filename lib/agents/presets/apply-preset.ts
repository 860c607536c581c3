import { fileURLToPath } from 'node:url'
import type { ResolvedPreset } from '../../options/resolved.js'
import { agentError } from '../preload.js'
import type { InstalledPackage } from '../find-package.js'
import { satisfiesVersion } from '../packages/satisfies-version.js'
import type { Attachment, Preset } from '../../types/preset.js'

/** What a preset brings for the version that is there. */
export function applyPreset(preset: Preset, installed: InstalledPackage | null): ResolvedPreset {
  const version = installed?.version ?? ''
  const flush = preset.flush(version)
  const variables = { ...preset.env(version), ...flush?.env }
  const env = Object.entries(variables).map(([name, value]) => [
    name,
    value.replaceAll('{agent}', installed?.root ?? ''),
  ])
  return {
    package: preset.package,
    env: Object.fromEntries(env) as Record<string, string>,
    flush: flush?.text ?? null,
    holdsBytes: preset.holdsBytes?.(version) ?? null,
    proof: preset.proof,
  }
}

/**
 * How the preset attaches the version that is there.
 * @throws IsolateLeakError `ERR_OPTION_INVALID` when it has to be attached by hand
 */
export function attachmentOf(agent: string, preset: Preset, installed: InstalledPackage): Attachment {
  const found = preset.attach.find(({ versions }) => satisfiesVersion(installed.version, versions))
  if (found !== undefined) return found
  const known = preset.attach.map(({ versions }) => versions).join(', ')
  throw agentError(
    'ERR_OPTION_INVALID',
    agent,
    `it is not known how to attach ${preset.package} ${installed.version} (known: ${known || 'no version'}); ` +
      'give an object with require, import, command or env, and preset for its settings',
  )
}

/** A file of this library that calls an agent, preloaded before the application. */
export function startFile(name: string): string {
  const file = /\.[cm]js$/.test(name) ? name : `${name}.cjs`
  return fileURLToPath(new URL(`../starts/${file}`, import.meta.url))
}
