import type { BisectData } from '../../types/bisect.js'
import { compareVersions, parseVersion } from '../../agents/packages/compare-versions.js'
import type { ReportData, ReportedAgent } from '../../types/index.js'

/** Versions of an agent that something is known of. */
export interface KnownVersions {
  /** A newer version that is confirmed not to leak, and how that is known; the first one where a search told. */
  readonly upgradeTo: KnownVersion | null
  /** The last version before the leak began, or an older one that is clean. */
  readonly pinTo: KnownVersion | null
  /** What a search says that leaves nothing to go to. */
  readonly note: string | null
}

export interface KnownVersion {
  readonly version: string
  readonly how: string
}

const NOTHING: KnownVersions = { upgradeTo: null, pinTo: null, note: null }

/** What a search among versions, or another version in the same run, tells of an agent that leaks. */
export function knownVersions(
  { package: name, version }: Pick<ReportedAgent, 'package' | 'version'>,
  data: ReportData,
  bisect: BisectData | undefined,
): KnownVersions {
  if (name === null || version === null || parseVersion(version) === undefined) return NOTHING
  const same = inSameRun(name, version, data)
  if (bisect?.agent !== name) return same
  const searched = fromSearch(version, bisect)
  return {
    upgradeTo: searched.upgradeTo ?? same.upgradeTo,
    pinTo: searched.pinTo ?? same.pinTo,
    note: searched.note,
  }
}

/** Of a leak that begins and ends more than once, the edges nearest to the version count. */
function fromSearch(version: string, { edges, verdict, reason }: BisectData): KnownVersions {
  const isNewer = (one: string): boolean => compareVersions(one, version) > 0
  const fixed = edges.filter(edge => edge.kind === 'fixed' && edge.confirmed && isNewer(edge.version))[0]
  const began = edges.filter(edge => edge.kind === 'bad' && edge.confirmed && !isNewer(edge.version)).at(-1)
  return {
    upgradeTo:
      fixed === undefined
        ? null
        : { version: fixed.version, how: `the first that no longer leaks: ${reason}` },
    pinTo:
      began === undefined
        ? null
        : { version: began.before, how: `the last before the leak began: ${reason}` },
    note: fixed === undefined && verdict === 'leaks throughout' ? reason : null,
  }
}

/** Versions of the package that were tried beside it, and came out clean. */
function inSameRun(name: string, version: string, { options, components }: ReportData): KnownVersions {
  const clean = options.agents.flatMap(agent => {
    const component = components.find(one => one.name === agent.name)
    const isOther = agent.package === name && agent.version !== null && agent.version !== version
    return isOther && component?.verdict === 'clean' && parseVersion(agent.version) !== undefined
      ? [agent.version]
      : []
  })
  const sorted = clean.toSorted(compareVersions)
  const newer = sorted.find(one => compareVersions(one, version) > 0)
  const older = sorted.findLast(one => compareVersions(one, version) < 0)
  const known = (one: string | undefined): KnownVersion | null =>
    one === undefined ? null : { version: one, how: 'clean in this same run' }
  return { upgradeTo: known(newer), pinTo: known(older), note: null }
}
