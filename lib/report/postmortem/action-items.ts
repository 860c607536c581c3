import { list } from '../format/layout.js'
import { nextSteps } from '../text/next-steps.js'
import type { Culprit, ReportData } from '../../types/index.js'
import { action, taskList, type Action } from './action.js'
import { knownVersions } from './known-versions.js'
import { DEFAULT_RATE } from './impact.js'
import { shellArgument } from '../format/shell-argument.js'
import { restartSentence } from './restart-policy.js'
import { agentsOf, subjectOf } from './subject.js'
import { switchOffActions } from './switch-off.js'
import type { PostmortemOptions } from './types.js'
import { versionActions } from './version-actions.js'

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
  const untried = (['down', 'slow', 'error'] as const).filter(one => !data.options.backends.includes(one))
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
