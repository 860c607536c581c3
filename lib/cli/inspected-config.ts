import type {
  InspectedAgent,
  InspectedStart,
  Inspection,
  PodInspection,
} from '../agents/inspect/inspection.js'
import { hanging } from '../report/format/layout.js'

/** What is written as a config. */
type Inspected = Inspection | PodInspection

const INDENT = '  '
const WIDTH = 80
const FILL_IN = 'FILL IN: the script'

function isPod(inspection: Inspected): inspection is PodInspection {
  return 'pod' in inspection
}

/** A config module to be pasted, with what is to be filled in and what was left out as comments. */
export function configModule(inspection: Inspected): string {
  const { entry, agents, leftOut, libraries, notes } = inspection
  const secrets =
    leftOut.secrets.length === 0
      ? []
      : [`Secret, to be filled in where it matters: ${leftOut.secrets.join(', ')}`]
  const missing = isPod(inspection) ? inspection.fromCluster : []
  const http = httpOptions(inspection)
  return [
    ...comment(introduction(inspection)),
    '',
    "import { http } from 'isolate-leak'",
    '',
    'export default {',
    `${INDENT}entry: {`,
    ...fields({ ...entryOptions(inspection), env: undefined }, 2),
    `${INDENT.repeat(2)}env: {`,
    ...fields(entry.env, 3),
    ...secrets.flatMap(text => comment(text, 3)),
    ...(missing.length === 0 ? [] : comment(FROM_CLUSTER, 3)),
    ...missing.flatMap(({ name, from }) => comment(`TODO ${name}: ${from}`, 3)),
    `${INDENT.repeat(2)}},`,
    `${INDENT}},`,
    agents.length === 0 ? `${INDENT}agents: [],` : `${INDENT}agents: [`,
    ...agents.flatMap(agent => [
      ...comment(originOf(agent), 2),
      `${INDENT.repeat(2)}{`,
      ...fields(agentOptions(agent), 3),
      `${INDENT.repeat(2)}},`,
    ]),
    ...(agents.length === 0 ? [] : [`${INDENT}],`]),
    ...(http.path === undefined ? [] : comment('What its readiness probe asks for; better is:', 1)),
    ...comment('A request that production serves: http({ path, method, headers, body }).', 1),
    `${INDENT}workload: http(${http.path === undefined ? '' : `{ path: ${quote(http.path)} }`}),`,
    '}',
    '',
    ...listed(
      isPod(inspection)
        ? 'Other variables of the container, not carried over'
        : 'Other variables of the process, not carried over',
      leftOut.variables,
    ),
    ...leftOut.arguments.flatMap(text => comment(`Left out or masked: ${text}`)),
    ...listed('Native libraries and add-ons in it', libraries),
    ...notes.flatMap(note => comment(note)),
    '',
  ].join('\n')
}

const FROM_CLUSTER = 'Values that only the cluster has; what is set where this is run is passed on:'

function introduction(inspection: Inspected): string {
  const started = isPod(inspection)
    ? `How container ${inspection.pod.container} of ${inspection.pod.kind} ${inspection.pod.name ?? '(no name)'} is started`
    : `How process ${String(inspection.pid)} was started`
  return (
    `${started}, without secrets. Save it as leak.config.mjs, say what is to be asked of the ` +
    'application, then: npx isolate-leak run leak.config.mjs'
  )
}

function entryOptions(inspection: Inspected): Readonly<Record<string, unknown>> {
  const { entry } = inspection
  const file = entry.file ?? FILL_IN
  if (!isPod(inspection)) return given({ ...entry, file })
  const { command, port } = inspection.entry
  return given({
    ...entry,
    file: command === null ? file : undefined,
    command: command ?? undefined,
    port: port ?? undefined,
  })
}

function httpOptions(inspection: Inspected): { readonly path?: string } {
  const path = isPod(inspection) ? inspection.probePath : null
  return path === null ? {} : { path }
}

/** The same as a JSON config, which holds no comments: see {@link inspectionNotes}. */
export function configJson(inspection: Inspected): string {
  const config = {
    entry: entryOptions(inspection),
    agents: inspection.agents.map(agentOptions),
    workload: { http: httpOptions(inspection) },
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

/** What a JSON config cannot hold. */
export function inspectionNotes(inspection: Inspected): string {
  const { agents, leftOut, libraries, notes }: InspectedStart = inspection
  const missing = isPod(inspection) ? inspection.fromCluster : []
  const lines = [
    ...agents.map(agent => `${agent.name}: ${originOf(agent)}`),
    ...(leftOut.secrets.length === 0 ? [] : [`Secret, left out: ${leftOut.secrets.join(', ')}`]),
    ...missing.map(({ name, from }) => `To be set where it is run: ${name} (${from})`),
    ...(leftOut.variables.length === 0 ? [] : [`Not carried over: ${leftOut.variables.join(', ')}`]),
    ...leftOut.arguments.map(text => `Left out or masked: ${text}`),
    ...(libraries.length === 0 ? [] : [`Native libraries and add-ons: ${libraries.join(', ')}`]),
    ...notes,
  ]
  return `${lines.flatMap(line => hanging('', oneLine(line), WIDTH)).join('\n')}\n`
}

function agentOptions(agent: InspectedAgent): Readonly<Record<string, unknown>> {
  const { name, install, preset, presetFollows, env, nodeArgs } = agent
  return given({
    name,
    package: install ?? undefined,
    preset: presetFollows ? undefined : (preset ?? undefined),
    require: single(agent.require),
    import: single(agent.import),
    nodeArgs,
    env,
  })
}

function originOf(agent: InspectedAgent): string {
  const installed =
    agent.package === null ? '' : `${agent.package.name} ${agent.package.version} in ${agent.package.root}, `
  const known = agent.preset === null ? 'no known agent, ' : ''
  return `${installed}${known}seen in ${agent.seen.join(' and ')}`
}

function single(list: readonly string[]): string | readonly string[] | undefined {
  return list.length === 1 ? list[0] : list
}

/** Without what says nothing. */
function given(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(options).filter(
      ([, value]) =>
        value !== undefined && !(typeof value === 'object' && Object.keys(value ?? {}).length === 0),
    ),
  )
}

function fields(options: Readonly<Record<string, unknown>>, depth: number): string[] {
  const indent = INDENT.repeat(depth)
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${indent}${key(name)}: ${literal(value, depth)},`)
}

function literal(value: unknown, depth: number): string {
  if (Array.isArray(value)) return `[${value.map(one => literal(one, depth)).join(', ')}]`
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return quote(String(value))
  const lines = fields(value as Readonly<Record<string, unknown>>, depth + 1)
  return `{\n${lines.join('\n')}\n${INDENT.repeat(depth)}}`
}

/** JSON escapes everything that a string of JavaScript must not hold. */
function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name)
}

function listed(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : comment(`${title}: ${items.join(', ')}.`)
}

/** In lines of a readable width; what others named cannot end the comment. */
function comment(text: string, depth = 0): string[] {
  const start = `${INDENT.repeat(depth)}// `
  const lines: string[] = []
  let line = ''
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && start.length + line.length + word.length >= WIDTH) {
      lines.push(start + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, start + line]
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ')
}
