import { readdirSync, readFileSync } from 'node:fs'
import { projectPath } from '../support/project-path.js'

/**
 * Pages whose snippets are run, by the release test that runs them, each in a few minutes. A page that is in none of them fails
 * `pages.test.ts`.
 */
export const GROUPS = {
  start: [
    'README.md',
    'docs/workloads.md',
    'docs/recorded-traffic.md',
    'docs/applications.md',
    'docs/test-runners.md',
    'docs/options.md',
  ],
  tutorial: ['docs/tutorial.md'],
  agents: [
    'docs/agents.md',
    'docs/pods.md',
    'docs/several-agents.md',
    'docs/upgrade.md',
    'docs/pull-requests.md',
    'docs/versions.md',
    'docs/nodes.md',
    'docs/instrumentations.md',
  ],
  operations: ['docs/nightly.md', 'docs/ci.md', 'docs/machines.md', 'docs/reporters.md'],
  incidents: [
    'docs/postmortem.md',
    'docs/replay.md',
    'docs/evidence.md',
    'docs/heap-snapshots.md',
    'docs/reading-a-verdict.md',
    'docs/costs.md',
    'docs/method.md',
    'docs/figures.md',
    'docs/limits.md',
    'docs/errors.md',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type Group = keyof typeof GROUPS

/** Pages of the documentation, from the project's root. */
export const docsPages = (): readonly string[] =>
  readdirSync(projectPath('docs'))
    .filter(name => name.endsWith('.md'))
    .sort()
    .map(name => `docs/${name}`)

export const readPage = (page: string): string => readFileSync(projectPath(...page.split('/')), 'utf8')
