import type { BisectData } from '../../types/bisect.js'
import type { Culprit, ReportData, ReportedAgent } from '../../types/index.js'
import { shellArgument } from '../format/visible-text.js'
import { agentsOf, carrierName, versionedName } from './detection.js'
import { fenced, prose } from '../markdown/markdown-text.js'
import { compareVersions, parseVersion } from '../../agents/packages/satisfies-version.js'

/** Another version of the agent: the one that is known to be right, or the commands that find it out. */
export function versionActions(
  culprit: Culprit,
  data: ReportData,
  { bisect, config }: { readonly bisect: BisectData | undefined; readonly config: string },
): Action[] {
  const { carrier } = data.options
  const agents = carrier ? [carrier] : agentsOf(culprit, data)
  return agents.flatMap(agent => ofAgent(agent, data, { bisect, config }))
}

function ofAgent(
  agent: ReportedAgent,
  data: ReportData,
  { bisect, config }: { readonly bisect: BisectData | undefined; readonly config: string },
): Action[] {
  const { package: name, version } = agent
  const who = data.options.carrier === agent ? carrierName(agent) : versionedName(agent)
  if (name === null || version === null) return [action(`Fix ${who}, or leave it out, and run this again.`)]
  const { upgradeTo, pinTo, note } = knownVersions(agent, data, bisect)
  const known = [
    ...(upgradeTo === null
      ? []
      : [
          action(
            `Upgrade ${name} from ${version} to ${upgradeTo.version} (${upgradeTo.how}):`,
            `npm install ${shellArgument(`${name}@${upgradeTo.version}`)}`,
          ),
        ]),
    ...(pinTo === null
      ? []
      : [
          action(
            `${upgradeTo === null ? 'Pin' : 'Or pin'} ${name} to ${pinTo.version} (${pinTo.how}):`,
            `npm install --save-exact ${shellArgument(`${name}@${pinTo.version}`)}`,
          ),
        ]),
  ]
  if (known.length > 0) return known
  const search = `npx isolate-leak bisect ${shellArgument(name)}`
  const rest = `--config ${shellArgument(config)}`
  return [
    ...(note === null ? [] : [action(`No version of ${name} to go to is known: ${note}.`)]),
    action(
      `Find out which version of ${name} no longer leaks, and upgrade to it; where there is none, which was the last good one, and pin that (this run knows ${version} alone):`,
      `${search} --range ${shellArgument(`>=${version}`)} ${rest}`,
      `${search} --bad ${shellArgument(version)} ${rest}`,
    ),
  ]
}

/** Something to do, with the lines that do it. */
export interface Action {
  /** Markdown. */
  readonly text: string
  /** Lines of a shell, or of code. */
  readonly lines?: readonly string[]
}

/** A sentence of which nothing is markup. */
export function action(text: string, ...lines: readonly string[]): Action {
  return { text: prose(text), ...(lines.length === 0 ? {} : { lines }) }
}

/** A task list, lines of code indented below their item. */
export function taskList(actions: readonly Action[]): string[] {
  return actions.flatMap(({ text, lines = [] }) => [
    `- [ ] ${text}`,
    ...(lines.length === 0 ? [] : ['', ...fenced(lines, 'sh').map(line => `  ${line}`), '']),
  ])
}

/** Versions of an agent that something is known of. */
interface KnownVersions {
  /** A newer version that is confirmed not to leak, and how that is known; the first one where a search told. */
  readonly upgradeTo: KnownVersion | null
  /** The last version before the leak began, or an older one that is clean. */
  readonly pinTo: KnownVersion | null
  /** What a search says that leaves nothing to go to. */
  readonly note: string | null
}

interface KnownVersion {
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
    note: fixed === undefined && verdict === 'leaks-throughout' ? reason : null,
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
