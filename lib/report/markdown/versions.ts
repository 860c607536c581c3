import type { Culprit, ReportData } from '../../types/index.js'
import { plural } from '../format/layout.js'
import { ownSet } from '../own-set.js'
import { accusedAgents } from './accused-agents.js'
import { code, fenced, folded, markdownTable, prose } from './markdown-text.js'

/** Exact versions of everything that takes part. */
export function versionsTable(culprit: Culprit, data: ReportData): readonly string[] {
  const { node, v8, platform, release, arch, libc, isolateLeak } = data.environment
  const agents = accusedAgents(culprit, data)
  const own = agents.map(({ name, package: owner, version }) => [
    owner ?? name,
    version ?? 'not a package of its own',
  ])
  const accused = culprit.agents.flatMap(name => ownSet(name, data))
  const loaded = data.trials
    .filter(({ agents: on }) => on.length > 0 && on.every(name => accused.includes(name)))
    .flatMap(trial => trial.loadedAgents.map(({ name, version }) => [name, version]))
  const rows = [
    ['Node', `${node} (V8 ${v8})`],
    ['operating system', `${platform} ${release} ${arch}`],
    // Reports of earlier versions have none.
    ...(libc === undefined ? [] : [['C library', libc]]),
    ...own,
    ...loaded,
    ['isolate-leak', isolateLeak],
  ]
  const distinct = [...new Map(rows.map(row => [row.join('\n'), row])).values()]
  return markdownTable(
    ['what', 'version'],
    distinct.map(([what = '', version = '']) => [prose(what), prose(version)]),
  )
}

/** Every package that an agent brought with it, where that is known. */
export function packageTree(culprit: Culprit, data: ReportData): readonly string[] {
  return accusedAgents(culprit, data).flatMap(({ name, package: owner, packages }) => {
    if (packages.length > 0) {
      const lines = packages.map(one => `${one.name} ${one.version}`)
      return folded(`${plural(packages.length, 'package')} in the tree of ${name}`, fenced(lines))
    }
    return owner === null
      ? []
      : [
          `What ${code(owner)} brought with it is not known; ${code('npm ls --all')} in the application's folder tells.`,
        ]
  })
}
