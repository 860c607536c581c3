import type { ReportData, ReportedAgent } from '../../types/index.js'
import { markup, type Markup } from '../charts/markup.js'
import { runLines } from '../text/run-lines.js'
import { dataTable, folded, labelled, type Section } from './blocks.js'

/** Commands, seed and versions: what it takes to run the experiment again. */
export function repeatSection(data: ReportData): Section {
  const { options } = data
  const seed = ['seed', String(options.seed)] as const
  const agents = options.carrier ? [options.carrier, ...options.agents] : options.agents
  return {
    id: 'repeat',
    title: 'How to repeat it',
    body: markup`<p>From the report as JSON, or with the same settings from your own config:</p>${command(
      `npx isolate-leak@${data.environment.isolateLeak} replay report.json`,
    )}${command(runCommand(data))}${labelled([...runLines(data), seed])}${
      agents.length === 0 ? null : folded('Agents as they were attached', agentsTable(agents))
    }`,
  }
}

/** The command with the settings that decide about figures and verdict. */
function runCommand({ options, environment }: ReportData): string {
  const { effort, operations, threshold, backends, seed, carrier } = options
  const what = carrier
    ? `instrumentation ${carrier.preset ?? carrier.name} --config <config>`
    : 'run <config>'
  const collector = backends.length > 1 || backends[0] !== 'up' ? ` --backends ${backends.join(',')}` : ''
  return `npx isolate-leak@${environment.isolateLeak} ${what} --effort ${effort} --operations ${String(operations)} --threshold ${String(threshold)}${collector} --seed ${String(seed)}`
}

/** A long command scrolls in a box of its own. */
function command(text: string): Markup {
  return markup`<pre class="scroll" tabindex="0" role="group" aria-label="Command"><code>${text}</code></pre>`
}

function agentsTable(agents: readonly ReportedAgent[]): Markup {
  return dataTable(
    'Agents as they were attached',
    [
      { heading: 'agent' },
      { heading: 'package' },
      { heading: 'attached by', holds: 'sentences' },
      { heading: 'variables set', holds: 'sentences' },
      { heading: 'settings of' },
      { heading: 'packages in its tree', holds: 'sentences' },
    ],
    agents.map(agent => [
      agent.name,
      agent.package === null ? '' : `${agent.package} ${agent.version ?? ''}`.trim(),
      attachedBy(agent),
      agent.env.join(', '),
      agent.preset,
      agent.packages.map(({ name, version }) => `${name} ${version}`).join(', '),
    ]),
  )
}

function attachedBy({
  require,
  import: imported,
  nodeArgs,
  command: launcher,
  sidecar,
}: ReportedAgent): string {
  return [
    ...launcher,
    ...require.map(file => `--require ${file}`),
    ...imported.map(file => `--import ${file}`),
    ...nodeArgs,
    ...(sidecar === undefined ? [] : ['sidecar:', ...sidecar]),
  ].join(' ')
}
