import { list } from '../format/layout.js'
import { nextSteps } from '../text/next-steps.js'
import type { Culprit, ReportData, ReportedAgent } from '../../types/index.js'
import { DEFAULT_RATE, perSecond, timeToLimit } from './impact.js'
import { shellArgument } from '../format/visible-text.js'
import { agentsOf, carrierName, subjectOf } from './detection.js'
import { type PostmortemOptions, memoryRoom } from './types.js'
import { versionActions, type Action, action, taskList, knownVersions } from './version-actions.js'
import { code } from '../markdown/markdown-text.js'
import { presetFor } from '../../agents/presets/index.js'
import { formatDuration } from '../format/bytes.js'
import { isBytes } from '../format/growth.js'

/** Where nobody said it. */
const CONFIG = 'leak.config.js'

/** What to do, as the verdict has it, most useful first. */
export function actionItems(data: ReportData, options: PostmortemOptions): string[] {
  const { config = CONFIG } = options
  return [
    ...taskList([
      ...data.culprits.flatMap(culprit => culpritActions(culprit, data, options)),
      ...(data.culprits.length === 0 ? openActions(data, options) : []),
      nightly(data, config),
      ...(data.verdict === 'leak' ? [verification(data, config, options.bisect)] : []),
      ...reporting(data, config),
    ]),
    '',
    '- **Who does what of this, and by when?**',
  ]
}

function culpritActions(culprit: Culprit, data: ReportData, options: PostmortemOptions): Action[] {
  const { config = CONFIG, bisect } = options
  const restart = action(restartSentence(culprit, data, options))
  if (culprit.kind === 'application') {
    const [look = ''] = nextSteps(
      { ...data, culprits: [culprit] },
      options.operationsPerSecond ?? DEFAULT_RATE,
    )
    return [action(look), restart]
  }
  const who = subjectOf(culprit, data)
  return [
    ...(culprit.kind === 'interaction'
      ? [action(`Run ${list(culprit.agents)} one without the other: together they leak, alone they do not.`)]
      : []),
    ...versionActions(culprit, data, { bisect, config }),
    ...switchOffActions(culprit, data, config),
    ...(data.options.carrier ? [] : [action(`Until then switch ${who} off where it can be missed.`)]),
    restart,
  ]
}

/** Of a run without a culprit. */
function openActions(data: ReportData, options: PostmortemOptions): Action[] {
  const rate = options.operationsPerSecond ?? DEFAULT_RATE
  const steps = nextSteps(data, rate).map(step => action(step))
  if (data.verdict !== 'clean') return steps
  const untried = (['down', 'slow', 'error', 'reset'] as const).filter(
    one => !data.options.backends.includes(one),
  )
  const { config = CONFIG } = options
  return [
    ...steps,
    ...(data.options.agents.length === 0 || untried.length === 0
      ? []
      : [
          action(
            'If production does leak, look under other conditions of the collector, and with what production really runs:',
            `npx isolate-leak run ${shellArgument(config)} --backends ${['up', ...untried].join(',')}`,
            'npx isolate-leak inspect <pid>',
          ),
        ]),
  ]
}

function nightly({ options }: ReportData, config: string): Action {
  const effort = options.effort === 'quick' ? 'standard' : options.effort
  const backends = options.backends.join() === 'up' ? '' : ` --backends ${options.backends.join(',')}`
  return action(
    'Add this check to the nightly jobs, and to the gate of every upgrade of an agent:',
    `npx isolate-leak run ${shellArgument(config)} --effort ${effort}${backends} --history leak-history`,
  )
}

function verification(data: ReportData, config: string, bisect: PostmortemOptions['bisect']): Action {
  const [agent] = data.culprits.flatMap(culprit =>
    data.options.carrier ? [data.options.carrier] : agentsOf(culprit, data),
  )
  const fixed = agent === undefined ? null : knownVersions(agent, data, bisect).upgradeTo
  const version =
    agent === undefined || agent.package === null || agent.version === null
      ? ''
      : ` --agent ${shellArgument(`${agent.package}@${fixed?.version ?? 'VERSION'}`)}`
  return action(
    'Verify the fix by the same experiment; kept, the report can do so months later:',
    `npx isolate-leak replay report.json${version}${tellsAll(data) ? '' : ` --config ${shellArgument(config)}`}`,
  )
}

/** Whether the report alone is enough to run it again, values of variables aside. */
function tellsAll({ options: { rerun } }: ReportData): boolean {
  return rerun !== undefined && rerun.workload !== null && rerun.entry.ready !== null && !rerun.entry.stdin
}

/** To the maintainers of what others made. */
function reporting(data: ReportData, config: string): Action[] {
  const { carrier } = data.options
  const foreign = data.culprits.some(
    culprit =>
      culprit.kind !== 'application' &&
      (carrier ? [carrier] : agentsOf(culprit, data)).some(agent => agent.package !== null),
  )
  if (!foreign) return []
  return [
    action(
      'Report it to the maintainers, with everything that they ask for:',
      `npx isolate-leak run ${shellArgument(config)} --reporter markdown=issue.md`,
    ),
  ]
}

/** How to switch off what leaks inside an agent: the setting where the run knows it, else the command that finds it out. */
function switchOffActions(culprit: Culprit, data: ReportData, config: string): Action[] {
  const { carrier } = data.options
  if (carrier) return [ofCarrier(culprit, data, carrier)]
  return agentsOf(culprit, data).flatMap(agent => ofAgent(agent, config))
}

function ofCarrier(culprit: Culprit, data: ReportData, carrier: ReportedAgent): Action {
  const switches = presetFor(carrier.preset ?? '')?.switches
  const version = carrier.version ?? ''
  const code = switches?.code?.(culprit.agents, version)
  if (code !== undefined) {
    return action(`Switch off ${subjectOf(culprit, data)} where the agent is started:`, code)
  }
  const setting = Object.entries(switches?.off(culprit.agents, version) ?? {})
  return setting.length === 0
    ? action(`Leave out ${list(culprit.agents)} of ${carrierName(carrier)}.`)
    : action(
        `Switch off ${subjectOf(culprit, data)} by this setting of the application:`,
        ...setting.map(([name, value]) => `${name}=${shellArgument(value)}`),
      )
}

/** Which of its instrumentations it is, another run finds out; an agent without switches has none to find. */
function ofAgent({ preset, package: name, version }: ReportedAgent, config: string): Action[] {
  const switches = presetFor(preset ?? '')?.switches
  if (switches === null || switches === undefined || preset === null) return []
  const [variable] = Object.keys(switches.off(['<name>'], version ?? ''))
  const byVariable = switches.code?.(['<name>'], version ?? '') === undefined && variable !== undefined
  const setting = byVariable ? `its setting is ${code(variable)}` : 'it is done in code'
  const spec = name !== null && version !== null && name === preset ? `${name}@${version}` : preset
  return [
    {
      text: `Find out which instrumentation it is, and switch off that one alone (${setting}, where this version has switches):`,
      lines: [`npx isolate-leak instrumentation ${shellArgument(spec)} --config ${shellArgument(config)}`],
    },
  ]
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Load comes in peaks, and the limit is not the point to be at. */
const SHARE_OF_TIME = 0.8
/** Rarer restarts come with deployments. */
const MOST_DAYS = 90

/**
 * How often to restart while it leaks: four fifths of the time that the upper end of growth leaves until the limit.
 * `null`: the run bounds none.
 */
export function restartEveryMs(
  culprit: Culprit,
  data: ReportData,
  options: PostmortemOptions,
): number | null {
  const room = memoryRoom(data, culprit, options)
  if (room === null || !isBytes(culprit.growth)) return null
  const rate = perSecond(culprit.growth, options.operationsPerSecond ?? DEFAULT_RATE)
  const { earliestMs } = timeToLimit(rate, room.limitBytes - room.startBytes)
  return earliestMs === null ? null : roundedDown(earliestMs * SHARE_OF_TIME)
}

/** The sentence for people. */
function restartSentence(culprit: Culprit, data: ReportData, options: PostmortemOptions): string {
  const everyMs = restartEveryMs(culprit, data, options)
  if (everyMs === null) {
    return 'Until then restart processes in time; how often, this run does not bound. What is the limit, and how fast is it reached in production?'
  }
  const basis = `four fifths of the time that the upper end of growth leaves${options.operationsPerSecond === undefined ? `, at an assumed ${String(DEFAULT_RATE)} operations a second` : ''}`
  return everyMs >= MOST_DAYS * DAY_MS
    ? `A restart with every deployment is enough: ${formatDuration(everyMs)} are ${basis}.`
    : `Until then restart every process at least every ${formatDuration(everyMs)} (${basis}).`
}

/** To whole days, hours or minutes, whichever are at least two; below that to seconds. */
function roundedDown(ms: number): number {
  const unit = [DAY_MS, HOUR_MS, MINUTE_MS].find(one => ms >= 2 * one) ?? 1000
  return Math.floor(ms / unit) * unit
}
