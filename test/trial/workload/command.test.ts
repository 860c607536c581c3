import { randomUUID } from 'node:crypto'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { IsolateLeakError } from '../../../lib/errors.js'
import { cleanEnvironment } from '../../../lib/system/clean-environment.js'
import { markedProcesses } from '../../../lib/system/process-end.js'
import { type Driver, driverFor } from '../../../lib/trial/drive.js'
import { TrialFailed } from '../../../lib/trial/trial-stop.js'
import type { TrialFailure } from '../../../lib/trial/types.js'
import { command } from '../../../lib/trial/workload/command.js'
import { commandFromJson } from '../../../lib/trial/workload/command-from-json.js'
import { commandPlan } from '../../../lib/trial/workload/command-plan.js'
import { fillIn } from '../../../lib/trial/workload/command-placeholders.js'
import { driveCommand, type CommandRound } from '../../../lib/trial/workload/drive-command.js'
import { nameWorkload } from '../../../lib/trial/workload/name-workload.js'
import type { CommandOptions } from '../../../lib/types/workload.js'

const folder = t.testdir({ 'load.mjs': '', node_modules: { '.bin': { gun: '' } } })
const { env } = cleanEnvironment(process.env)

/** Arguments of a script follow its `$0`. */
const shell = (script: string, ...args: readonly string[]): string[] => [
  ...['sh', '-c', script, '{operations}'],
  ...args,
]

const round = (
  script: string,
  options: CommandOptions = {},
  more: Partial<CommandRound> = {},
): CommandRound => ({
  plan: commandPlan(command(shell(script, '{url}', '{host}:{port}', '{index}', '{round}'), options), env),
  ...{ url: 'http://127.0.0.1:4000', port: 4000, operations: 640, index: 1_280, round: 3 },
  ...{ marker: `command-test-${randomUUID()}`, signal: new AbortController().signal },
  ask: async () => Promise.reject(new Error('expected no question')),
  ...more,
})

/** The failure of a round. */
const failureOf = async (failing: CommandRound): Promise<TrialFailure> => {
  try {
    await driveCommand(failing)
  } catch (error) {
    if (error instanceof TrialFailed) return error.failure
    throw error
  }
  throw new Error('expected the round to fail')
}

t.test('its value: as given, checked, with a description that tells no secret', async t => {
  const args = ['h2load', '-n', '{operations}', '-H', 'authorization: Bearer abcdefgh', '{url}/a b']
  const made = command(['node', ...args.slice(1)], { cwd: folder, count: /(\d+) done/gi, timeoutMs: 5 })
  t.match(made, {
    kind: 'command',
    description: 'node -n {operations} -H "authorization: ***" "{url}/a b"',
    args: ['node', ...args.slice(1)],
    options: { cwd: folder, count: /(\d+) done/i, timeoutMs: 5 },
  })
  t.match(made.file, /^\/.*node$/)
  t.strictSame(nameWorkload(made), made)
  t.equal(command(shell('true'), { description: 'orders' }).description, 'orders')
  t.equal(
    command(['sh', '-c', 'x'.repeat(200), '{operations}']).description,
    'sh -c …',
    'nothing is cut within a word',
  )
  t.ok(Object.isFrozen(made.args) && Object.isFrozen(made.options))
})

t.test('what is refused', async t => {
  const refused = (make: () => unknown, message: RegExp): void => {
    try {
      make()
      t.fail(`expected ${String(message)}`)
    } catch (error) {
      t.ok(error instanceof IsolateLeakError && error.code === 'ERR_OPTION_INVALID')
      t.match((error as Error).message, message)
    }
  }
  const given = (options: unknown) => () => command(shell('true'), options as CommandOptions)
  refused(
    () => command('k6 run' as never),
    /args must be a list of words, as in command\(\['h2load'.*got 'k6 run'/,
  )
  refused(() => command([]), /args must begin with a program/)
  refused(() => command(['sh', 5] as never), /args\[1\] must be a string/)
  refused(() => command(['sh', '-c', 'true']), /neither its arguments nor its env have \{operations\}/)
  refused(
    () => command(shell('curl {urll}')),
    /args\[2\] has no placeholder \{urll\}: did you mean \{url\}; the text/,
  )
  refused(() => command(shell('{session}')), /it may have \{url\}, \{port\}.*is written \{\{session\}\}/)
  refused(given({ env: { A: '{b}' } }), /env\.A has no placeholder \{b\}/)
  refused(given({ cwd: '/missing' }), /cwd must be an existing folder/)
  refused(given({ timeout: 5 }), /did you mean timeoutMs/)
  refused(given({ count: 5 }), /count must be a RegExp or a function/)
  refused(given({ count: /\d+/ }), /one group in parentheses, around the number, got 0/)
  refused(given({ count: /(a)|(\d+)/ }), /got 2/)
  refused(
    () => command(['no-such-program', '{operations}']),
    /no program no-such-program in node_modules\/\.bin/,
  )
  refused(() => command(['gun', '{operations}'], { cwd: folder }), /no program gun in/)
  refused(
    () => command(['./load.mjs', '{operations}'], { cwd: folder }),
    /load\.mjs cannot be executed: .*command\(\['node', '\.\/load\.mjs'/,
  )
  refused(() => nameWorkload(command), /command must be called/)
  refused(() => nameWorkload({ kind: 'command', args: ['sh'] }), /have \{operations\}/)
})

t.test('placeholders, and what is none', async t => {
  const values = { url: 'http://127.0.0.1:1', port: 1, host: '127.0.0.1', operations: 64, index: 0, round: 0 }
  for (const [text, filled] of [
    ['{url}/orders?n={operations}', 'http://127.0.0.1:1/orders?n=64'],
    ['{host}:{port}', '127.0.0.1:1'],
    ['{"a":{"b":{index}}}', '{"a":{"b":0}}'],
    ['{{url}} {{id}} {{{id}}}', '{url} {id} {{id}}'],
    ['${url} %{http_code} {3} {2,4} {} { url }', '${url} %{http_code} {3} {2,4} {} { url }'],
  ] as const) {
    t.equal(fillIn(text, values), filled)
    t.doesNotThrow(() => command(shell(text)))
  }
  t.equal(fillIn('{url}', { ...values, url: '$&' }), '$&')
})

t.test('its environment is the caller’s, cleaned, and nothing of agents or the probe', async t => {
  const base = cleanEnvironment({
    ...{ PATH: '/bin', HOME: '/home/me', NODE_OPTIONS: '--require /agent.cjs', LD_PRELOAD: '/a.so' },
    ISOLATE_LEAK_PROBE: '{}',
  }).env
  const options = { cwd: folder, env: { TARGET: '{url}', HOME: undefined, RATE: '5' } }
  const plan = commandPlan(command(shell('true'), options), base)
  t.strictSame(Object.keys(plan.env), ['PATH'])
  t.strictSame(plan.variables, { TARGET: '{url}', RATE: '5' })
  const folders = plan.env['PATH']?.split(delimiter) ?? []
  t.equal(folders[0], join(folder, 'node_modules', '.bin'))
  t.strictSame(folders.slice(-2), ['/bin', dirname(process.execPath)])
  t.equal(plan.target, 'url')
  t.equal(commandPlan(command(shell('true', '{host}:{port}')), base).target, 'port')
  t.equal(commandPlan(command(shell('true')), base).target, null)
})

t.test('a round is told what to do, and counted by what the generator says', async t => {
  t.equal(await driveCommand(round('true')), 640, 'the exit status says that it was done')
  const output = { text: '' }
  const ask = async (text: string): Promise<unknown> => {
    output.text = text
    return Promise.resolve(600)
  }
  const counted = round(
    'echo "$0 $1 $2 $3 $4 $TARGET"; echo worse >&2',
    { count: () => 0, env: { TARGET: '{url}/a' } },
    { ask },
  )
  t.equal(await driveCommand(counted), 600, 'up to a tenth fewer')
  t.match(output.text, '640 http://127.0.0.1:4000 127.0.0.1:4000 1280 3 http://127.0.0.1:4000/a\n')
  t.match(output.text, 'worse')
  const count = /^([\d,.k]+) requests/m
  const said = async (text: string): Promise<number> => driveCommand(round(`printf '${text}'`, { count }))
  t.equal(await said('5 requests\\n640 requests\\n'), 640, 'the last counts')
  t.equal(await said('\\033[1m641 requests\\033[0m'), 641)
  const thousands = round("printf '1,280 requests'", { count }, { operations: 1_280 })
  t.equal(await driveCommand(thousands), 1_280)
  const ipv6 = round('echo "$2"', { count: () => 0 }, { url: 'http://[::1]:80', port: 80, ask })
  await driveCommand(ipv6)
  t.match(output.text, '[::1]:80')
})

t.test('a round that was not performed fails, and says why', async t => {
  const failed = await failureOf(round('for n in $(seq 30); do echo "line $n"; done; exit 3'))
  t.match(failed, { kind: 'workload-failed', phase: 'measure', message: /^sh ended with exit status 3$/ })
  t.strictSame(failed.output.split('\n').length, 12)
  t.match(failed.output, /^line 19\n[^]*line 30$/)
  t.match(await failureOf(round('kill -9 $$')), { message: /ended with signal SIGKILL/, output: '(nothing)' })
  const slow = await failureOf(round('echo begun; sleep 300', { timeoutMs: 200 }))
  t.match(slow.message, /did not perform 640 operations within command\(\)'s timeoutMs \(200 ms\)/)
  t.equal(slow.output, 'begun')

  const count = /([\w.]+) requests/
  const counted = async (text: string): Promise<string> =>
    (await failureOf(round(`echo '${text}'`, { count }))).message
  t.match(
    await counted('512 requests'),
    /sh performed 512 operations where 640 were asked for, .*\{operations\}/,
  )
  t.match(await counted('6400 requests'), /performed 6400 operations where 640/)
  t.match(await counted('2k requests'), /found '2k', which is no whole number/)
  t.match(await counted('640.5 requests'), /found '640\.5'/)
  t.match(await counted('done'), /count \/\(\[\\w\.\]\+\) requests\/ matches nothing of what sh wrote/)
  const answers = async (ask: CommandRound['ask']): Promise<TrialFailure> =>
    failureOf(round('true', { count: () => 0 }, { ask }))
  t.match(
    (await answers(async () => Promise.resolve('many'))).message,
    /must give a whole number, it gave 'many'/,
  )
  t.match(await answers(async () => Promise.reject(new TypeError('no match'))), {
    message: /the function count threw: no match/,
    cause: { name: 'TypeError', message: 'no match' },
  })
  const stop = new AbortController()
  const never = round(
    'true',
    { count: () => 0 },
    { signal: stop.signal, ask: async () => new Promise(() => stop.abort()) },
  )
  t.match(await failureOf(never), { kind: 'aborted' }, 'nobody waits for an answer when the trial is over')
  const gone = round('true')
  t.match(
    (await failureOf({ ...gone, plan: { ...gone.plan, file: '/missing' } })).message,
    /missing could not be started: .*ENOENT/,
  )
})

t.test('output is bounded: of megabytes the end is kept', async t => {
  const seen: number[] = []
  const ask = async (text: string): Promise<unknown> => Promise.resolve(seen.push(text.length) && 640)
  const noisy = 'head -c 5000000 /dev/zero | tr "\\0" x; echo; echo "640 requests"'
  t.equal(await driveCommand(round(noisy, { count: /(\d+) requests/ })), 640)
  await driveCommand(round(noisy, { count: () => 0 }, { ask }))
  t.strictSame(seen, [65_536])
})

t.test('nothing of a round is left: not of one that ended, failed or was aborted', async t => {
  const family = 'trap "" TERM; sleep 300 & setsid sleep 301 & '
  for (const [name, script, options] of [
    ['ended', `${family} exit 0`, {}],
    ['failed', `${family} exit 1`, {}],
    ['did not end', `${family} sleep 302`, { timeoutMs: 300 }],
  ] as const) {
    const one = round(script, options)
    await driveCommand(one).catch(() => undefined)
    t.strictSame(await markedProcesses(one.marker), [], name)
  }
  const stop = new AbortController()
  const aborted = round(`${family} sleep 302`, {}, { signal: stop.signal })
  const running = driveCommand(aborted)
  while ((await markedProcesses(aborted.marker)).length < 4) await sleep(20)
  stop.abort()
  await t.rejects(running, { name: 'AbortError' })
  t.strictSame(await markedProcesses(aborted.marker), [], 'with its child, and what had left the group')
  await t.rejects(driveCommand(aborted), { name: 'AbortError' }, 'nothing is started afterwards')
})

t.test('what a round performs too much or too little the next makes up for', async t => {
  const rounds: string[] = []
  const answers = [66, 60, 130]
  const drive = (signal: AbortSignal, script: string): Driver =>
    driverFor(
      {
        kind: 'command',
        plan: commandPlan(command(shell(script, '{index}', '{round}'), { count: () => 0 }), env),
      },
      {
        ...{ where: null, heard: () => undefined, signal, marker: `command-test-${randomUUID()}` },
        caller: {
          count: async (output: string) => Promise.resolve(rounds.push(output.trim()) && answers.shift()),
        },
      } as unknown as Parameters<typeof driverFor>[1],
    )
  const driver = drive(new AbortController().signal, 'echo "$0 from $1 in $2"')
  t.strictSame(driver.counts(), { performed: 0, failed: 0, byStatus: {} })
  await driver.perform({ number: 0, index: 0, operations: 64 })
  await driver.perform({ number: 1, index: 64, operations: 64 })
  await driver.perform({ number: 2, index: 128, operations: 128 })
  t.strictSame(rounds, ['64 from 0 in 0', '62 from 66 in 1', '130 from 126 in 2'])
  t.strictSame(driver.counts(), { performed: 256, failed: 0, byStatus: {} })
  await driver.close()

  const stop = new AbortController()
  const aborted = drive(stop.signal, 'sleep 300')
  const performing = aborted.perform({ number: 0, index: 0, operations: 64 })
  performing.catch(() => undefined)
  stop.abort()
  await aborted.close()
  await t.rejects(performing, { name: 'AbortError' })
})

t.test('as JSON', async t => {
  t.strictSame(commandFromJson(shell('true')), command(shell('true')))
  t.match(
    commandFromJson({ args: shell('true'), env: { A: '1', B: null }, count: '(\\d+) ok', timeoutMs: 9 }),
    {
      options: { env: { A: '1', B: undefined }, count: /(\d+) ok/, timeoutMs: 9 },
    },
  )
  t.match(commandFromJson({ args: shell('true'), count: { pattern: '(\\d+)', flags: 'i' } }).options, {
    count: /(\d+)/i,
  })
  for (const [value, message] of [
    [{ args: shell('true'), count: 5 }, /must be a regular expression as a text, got 5/],
    [{ args: shell('true'), count: '(' }, /is no regular expression/],
    [{ args: shell('true'), env: 5 }, /env must be an object/],
    [{ args: shell('true'), arg: 1 }, /no option named 'arg'/],
    [{}, /args must be an array/],
    [null, /args must be an array/],
  ] as const)
    t.throws(() => commandFromJson(value), { code: 'ERR_OPTION_INVALID', message })
})
