import { Command } from 'commander'
import { inspectProcess } from '../../agents/inspect/inspect-process.js'
import { EXIT } from '../exit-status.js'
import type { CommandIo } from './command-io.js'
import { wholeNumber } from './values.js'
import type { InspectedAgent, Inspection } from '../../agents/inspect/inspection.js'
import { hanging } from '../../report/format/layout.js'

/** `isolate-leak inspect`. */
export function inspectCommand(io: CommandIo): Command {
  return new Command('inspect')
    .summary('how was a running Node process started?')
    .description(
      'Prints how a running Node process was started and what is attached to it, as a config for run, without secrets ' +
        '(Linux).',
    )
    .argument('<pid>', 'number of the process', wholeNumber(1))
    .option('--json', 'print a JSON config, and notes to stderr')
    .action(async (pid: number, { json = false }: { readonly json?: boolean }) => {
      const inspection = await inspectProcess(pid)
      if (json) await io.stderr(inspectionNotes(inspection))
      await io.stdout(json ? configJson(inspection) : configModule(inspection))
      io.end(EXIT.clean)
    })
}

const INDENT = '  '
const WIDTH = 80
const FILL_IN = 'FILL IN: the script'

/** A config module to be pasted, with what is to be filled in and what was left out as comments. */
export function configModule(inspection: Inspection): string {
  const { pid, entry, agents, leftOut, libraries, notes } = inspection
  const secrets =
    leftOut.secrets.length === 0
      ? []
      : [`Secret, to be filled in where it matters: ${leftOut.secrets.join(', ')}`]
  return [
    ...comment(
      `How process ${String(pid)} was started, without secrets. Save it as leak.config.mjs, say what is to be asked of the ` +
        'application, then: npx isolate-leak run leak.config.mjs',
    ),
    '',
    "import { http } from 'isolate-leak'",
    '',
    'export default {',
    `${INDENT}entry: {`,
    ...fields(given({ ...entry, file: entry.file ?? FILL_IN, env: undefined }), 2),
    `${INDENT.repeat(2)}env: {`,
    ...fields(entry.env, 3),
    ...secrets.flatMap(text => comment(text, 3)),
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
    ...comment('A request that production serves: http({ path, method, headers, body }).', 1),
    `${INDENT}workload: http(),`,
    '}',
    '',
    ...listed('Other variables of the process, not carried over', leftOut.variables),
    ...leftOut.arguments.flatMap(text => comment(`Left out or masked: ${text}`)),
    ...listed('Native libraries and add-ons in it', libraries),
    ...notes.flatMap(note => comment(note)),
    '',
  ].join('\n')
}

/** The same as a JSON config, which holds no comments: see {@link inspectionNotes}. */
export function configJson({ entry, agents }: Inspection): string {
  const config = {
    entry: given({ ...entry, file: entry.file ?? FILL_IN }),
    agents: agents.map(agentOptions),
    workload: { http: {} },
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

/** What a JSON config cannot hold. */
export function inspectionNotes({ agents, leftOut, libraries, notes }: Inspection): string {
  const lines = [
    ...agents.map(agent => `${agent.name}: ${originOf(agent)}`),
    ...(leftOut.secrets.length === 0 ? [] : [`Secret, left out: ${leftOut.secrets.join(', ')}`]),
    ...(leftOut.variables.length === 0 ? [] : [`Not carried over: ${leftOut.variables.join(', ')}`]),
    ...leftOut.arguments.map(text => `Left out or masked: ${text}`),
    ...(libraries.length === 0 ? [] : [`Native libraries and add-ons: ${libraries.join(', ')}`]),
    ...notes,
  ]
  return `${lines.flatMap(line => hanging('', oneLine(line), WIDTH)).join('\n')}\n`
}

function agentOptions(agent: InspectedAgent): Readonly<Record<string, unknown>> {
  const { name, preset, presetFollows, env, nodeArgs } = agent
  return given({
    name,
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
  return Object.entries(options).map(([name, value]) => `${indent}${key(name)}: ${literal(value, depth)},`)
}

function literal(value: unknown, depth: number): string {
  if (Array.isArray(value)) return `[${value.map(one => literal(one, depth)).join(', ')}]`
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
