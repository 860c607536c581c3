import { compareVersions } from '../../agents/packages/satisfies-version.js'
import { plural } from '../../report/format/layout.js'
import { redactText } from '../../options/redact/redact-text.js'
import type { ReportedOptions, RunEnvironment, TrialRecord, RunWarning } from '../../types/index.js'
import { packageChanges } from '../upgrade/package-changes.js'
import type { Candidates } from './candidates.js'
import type { SearchResult } from './run-search.js'
import type { BisectData, BisectEdge, BisectVerdict, BisectVersion } from '../../types/bisect.js'

type ReportedAgent = ReportedOptions['agents'][number]

/** Everything that the answer is made of. */
export interface BisectParts {
  readonly name: string
  readonly result: SearchResult
  readonly candidates: Candidates
  /** What was installed with the versions at the edges. */
  readonly trees: ReadonlyMap<string, ReportedAgent>
  readonly wanted: { readonly good?: string | undefined; readonly bad?: string | undefined }
  readonly trials: readonly TrialRecord[]
  readonly nameOf: (version: string) => string
  readonly options: ReportedOptions
  readonly environment: RunEnvironment
  readonly warnings: readonly RunWarning[]
  readonly timings: BisectData['timings']
}

/** Smallest number of untested versions between two with the same answer that is worth a word. */
const WORTH_SAYING = 2

/** What a search means. Pure. */
export function bisectData(parts: BisectParts): BisectData {
  const { candidates, name, trials, options, environment, warnings, timings } = parts
  const edges = parts.result.belief.edges.map(edge => edgeOf(edge, parts))
  const versions = candidates.versions.map((version, index) => versionOf(version, index, parts))
  const verdict = verdictOf(versions, edges, parts.result.stopped)
  const confirmed = (kind: BisectEdge['kind']): string | undefined =>
    edges.find(edge => edge.kind === kind && edge.confirmed)?.version
  const [firstBad, firstFixed] = [confirmed('bad'), confirmed('fixed')]
  return {
    ...{ verdict, agent: name },
    ...(firstBad === undefined ? {} : { firstBad }),
    ...(firstFixed === undefined ? {} : { firstFixed }),
    edges,
    versions: [...versions, ...candidates.skipped.map(skipped)].sort((a, b) =>
      compareVersions(a.version, b.version),
    ),
    reason: reasonOf(verdict, versions, edges, parts),
    notes: notesOf(versions, parts),
    ...{ trials, options, environment, warnings, timings },
  }
}

function edgeOf(
  { kind, before, version, probability, confirmed }: SearchResult['belief']['edges'][number],
  { candidates: { versions }, trees, name }: BisectParts,
): BisectEdge {
  const [older, newer] = [versions[before] ?? '', versions[version] ?? '']
  return {
    ...{ kind, version: newer, before: older, probability, confirmed },
    between: versions.slice(before + 1, version),
    packages: packageChanges(trees.get(older), trees.get(newer)).filter(change => change.name !== name),
  }
}

function versionOf(version: string, index: number, { result, trials, nameOf }: BisectParts): BisectVersion {
  const probability = result.belief.bad[index] ?? null
  const evidence = result.evidence[index]
  const measured = result.measured[index]
  const growth = measured?.growth ?? null
  const reason = result.reasons.get(index)
  const name = nameOf(version)
  const common = {
    version,
    ...(growth === null ? {} : { growth }),
    trials: trials.filter(({ agents }) => agents[0] === name).length,
    confirmed: evidence?.ruled === 'leak' || evidence?.ruled === 'clean',
  }
  if (probability === null)
    return { ...common, state: 'inconclusive', reason: redactText(reason ?? 'it could not be tested') }
  const isTested = (evidence?.scores.length ?? 0) > 0
  const state = probability > 0.5 ? 'bad' : 'good'
  const open = reason === undefined ? {} : { reason: redactText(reason) }
  return { ...common, ...open, state: isTested ? state : 'untested', probability }
}

function skipped({ version, reason }: Candidates['skipped'][number]): BisectVersion {
  return { version, state: 'skipped', trials: 0, confirmed: false, reason }
}

function verdictOf(
  versions: readonly BisectVersion[],
  edges: readonly BisectEdge[],
  stopped: string | null,
): BisectVerdict {
  if (stopped !== null) return 'inconclusive'
  if (edges.length > 0) return edges.every(({ confirmed }) => confirmed) ? 'found' : 'inconclusive'
  const tested = versions.filter(({ state }) => state === 'good' || state === 'bad')
  const ends = [tested[0], tested.at(-1)]
  if (tested.length < 2 || !ends.every(one => one?.confirmed === true)) return 'inconclusive'
  return ends[0]?.state === 'bad' ? 'leaks-throughout' : 'clean'
}

function reasonOf(
  verdict: BisectVerdict,
  versions: readonly BisectVersion[],
  edges: readonly BisectEdge[],
  { result, name }: BisectParts,
): string {
  const tested = versions.filter(({ state }) => state === 'good' || state === 'bad')
  const isClean = (wanted: string): boolean =>
    versions.some(({ version, state, confirmed }) => version === wanted && state === 'good' && confirmed)
  const [oldest, newest] = [tested[0]?.version ?? '', tested.at(-1)?.version ?? '']
  switch (verdict) {
    case 'found':
      return edges
        .map(({ kind, version, before }) =>
          kind === 'bad'
            ? `the leak begins with ${version}, ${before} ${isClean(before) ? 'is clean' : 'does not have it'}`
            : `it is fixed in ${version}${isClean(version) ? '' : ' (which was not shown to be clean)'}, ${before} leaks`,
        )
        .join('; ')
    case 'clean':
      return `none of ${plural(tested.length, 'tested version')} from ${oldest} to ${newest} leaks`
    case 'leaks-throughout':
      return `all of ${plural(tested.length, 'tested version')} from ${oldest} to ${newest} leak`
    case 'inconclusive': {
      if (result.stopped !== null) return result.stopped
      const [edge] = edges.filter(({ confirmed }) => !confirmed)
      if (edge !== undefined)
        return `the answer changes between ${edge.before} and ${edge.version}, which could not be confirmed: more operations or a larger threshold would tell`
      const [failed] = versions.filter(({ state }) => state === 'inconclusive')
      return failed === undefined
        ? 'the oldest and the newest version could not be confirmed: more operations or a larger threshold would tell'
        : `too few versions of ${name} came to an answer; ${failed.version}: ${failed.reason ?? ''}`
    }
  }
}

function notesOf(versions: readonly BisectVersion[], parts: BisectParts): string[] {
  const { wanted, candidates } = parts
  const stateOf = (wantedVersion: string | undefined): BisectVersion['state'] | undefined =>
    versions.find(({ version }) => version === wantedVersion)?.state
  const notes: string[] = []
  if (stateOf(wanted.good) === 'bad') notes.push(`${wanted.good ?? ''} was given as good, but leaks here`)
  if (stateOf(wanted.bad) === 'good')
    notes.push(`${wanted.bad ?? ''} was given as bad, but shows no leak here`)
  const gap = widestGap(versions)
  if (gap.count >= WORTH_SAYING) {
    const days = daysBetween(candidates.publishedAt[gap.from], candidates.publishedAt[gap.to])
    const time = days === null ? '' : `, ${plural(days, 'day')}`
    notes.push(
      `an episode that begins and ends between two tested versions is not seen: up to ${plural(gap.count, 'version')} (${gap.from} to ${gap.to}${time})`,
    )
  }
  notes.push(
    'packages that a version depends on are those that npm chooses for it today, not those of its day: a leak of theirs may have been fixed, or have come, since',
  )
  return notes
}

/** The longest row of untested versions between two with the same answer. */
function widestGap(versions: readonly BisectVersion[]): { count: number; from: string; to: string } {
  let widest = { count: 0, from: '', to: '' }
  let from: BisectVersion | null = null
  let count = 0
  for (const one of versions) {
    if (one.state !== 'good' && one.state !== 'bad') {
      count++
      continue
    }
    if (from?.state === one.state && count > widest.count)
      widest = { count, from: from.version, to: one.version }
    from = one
    count = 0
  }
  return widest
}

function daysBetween(from: string | undefined, to: string | undefined): number | null {
  if (from === undefined || to === undefined) return null
  const days = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
  return Number.isFinite(days) && days > 0 ? days : null
}
