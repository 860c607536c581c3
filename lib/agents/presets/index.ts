import type { Preset } from './preset.js'

/** The agents that are known, one file each. */
export const presets: readonly Preset[] = []

/** The preset of a package, by the name in its own package.json. */
export function presetFor(packageName: string): Preset | undefined {
  return presets.find(preset => preset.package === packageName)
}
