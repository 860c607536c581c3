import { readdirSync, readFileSync } from 'node:fs'
import { projectPath } from '../support/project-path.js'

/** Kinds of tests, told by what a file's name ends with: `x.nightly.ts`. */
export const TIERS = ['test', 'e2e', 'nightly', 'matrix', 'release'] as const

export type Tier = (typeof TIERS)[number]

/** One of several parts of a list, from 1 on. */
export interface Part {
  readonly index: number
  readonly count: number
}

/** Where durations are kept from one run to the next, ms by file. */
export const durationsPath = projectPath('.cache', 'test-durations.json')

/** What takes minutes, ms: where nothing was measured yet, it is begun first, so that others run beside it. */
const KNOWN_DURATIONS: Readonly<Record<string, number>> = {
  'test/e2e/seeded.nightly.ts': 1_200_000,
  'test/e2e/real-agents.nightly.ts': 530_000,
  'test/agents/exercised.nightly.ts': 360_000,
  'test/e2e/entries.nightly.ts': 330_000,
  'test/e2e/parts.nightly.ts': 300_000,
}

/** Files of a tier, from the project's root, those that took longest before the others. */
export const filesOf = (tier: Tier): readonly string[] => {
  const durations = { ...KNOWN_DURATIONS, ...readDurations() }
  return readdirSync(projectPath('test'), { recursive: true, encoding: 'utf8' })
    .map(name => `test/${name.replaceAll('\\', '/')}`)
    .filter(name => name.endsWith(`.${tier}.ts`) && !name.startsWith('test/fixtures/'))
    .sort((a, b) => (durations[b] ?? 0) - (durations[a] ?? 0) || (a < b ? -1 : 1))
}

/** Files are dealt like cards: the same ones for the same files, whatever was measured here before. */
export const partOf = (files: readonly string[], { index, count }: Part): readonly string[] => {
  const dealt = new Set([...files].sort().filter((_, position) => position % count === index - 1))
  return files.filter(file => dealt.has(file))
}

export const readDurations = (): Record<string, number> => {
  try {
    return JSON.parse(readFileSync(durationsPath, 'utf8')) as Record<string, number>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
