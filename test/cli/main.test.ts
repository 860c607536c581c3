import t from 'tap'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { BisectOptions } from '../../lib/compare/bisect/types.js'
import { createNodesReport, nodesData } from '../../lib/compare/nodes/compare-nodes.js'
import { program } from '../../lib/cli/commands/program.js'
import { main } from '../../lib/cli/main.js'
import { IsolateLeakError } from '../../lib/errors.js'
import type { IsolateLeakOptions } from '../../lib/options/types.js'
import { createReport } from '../../lib/report/create-report.js'
import { reportText } from '../../lib/report/text.js'
import type { ReportData } from '../../lib/types/index.js'
import { cleanReport, flat, inconclusiveReport, leakReport } from '../report/support/sample-reports.js'
import { fakeContext } from './support/fake-context.js'

const config = JSON.stringify({ entry: './server.js', agents: ['a'], workload: { http: { path: '/x' } } })

t.test('exit statuses follow the verdict, and the report goes to stdout', async t => {
  const dir = t.testdir({ 'leak.json': config })
  const cases: readonly (readonly [ReportData, number])[] = [
    [cleanReport, 0],
    [leakReport, 1],
    [inconclusiveReport, 2],
  ]
  for (const [data, status] of cases) {
    const context = fakeContext(() => data, dir)
    t.equal(await main(['run', 'leak.json'], context), status)
    t.equal(context.stdout.text, reportText(data))
    t.equal(context.stderr.text, '')
    t.strictSame(context.folders, [dir], "the config's folder becomes the working directory")
    t.match(context.calls[0], { entry: './server.js', agents: ['a'], workload: { kind: 'http' } })
  }
})

t.test('--json, --rate, width and colours', async t => {
  const dir = t.testdir({ 'leak.json': config })
  const json = fakeContext(() => leakReport, dir)
  t.equal(await main(['run', 'leak.json', '--json'], json), 1)
  t.strictSame(JSON.parse(json.stdout.text), leakReport)

  const rate = fakeContext(() => leakReport, dir)
  await main(['run', 'leak.json', '--rate', '2'], rate)
  t.match(rate.stdout.text, 'At 2 operations a second that is 1.4 GB a day')

  const terminal = fakeContext(() => leakReport, dir)
  Object.assign(terminal.stdout, { isTTY: true, columns: 70 })
  await main(['run', 'leak.json'], terminal)
  t.match(terminal.stdout.text, '\u001B[31mLEAK')
  t.match(terminal.stdout.text, /At 100 operations a second that is 71 GB a day, 3 GB an hour; Node's\n/)

  const plain = fakeContext(() => leakReport, dir)
  Object.assign(plain.stdout, { isTTY: true, columns: 300 })
  plain.env = { NO_COLOR: '1' }
  await main(['run', 'leak.json'], plain)
  t.equal(plain.stdout.text, reportText(leakReport, { width: 100 }), 'no wider than what reads well')

  const forced = fakeContext(() => leakReport, dir)
  forced.env = { FORCE_COLOR: '1' }
  await main(['run', 'leak.json'], forced)
  t.match(forced.stdout.text, '\u001B[31mLEAK')
})

t.test('options on the command line win', async t => {
  const dir = t.testdir({ conf: { 'leak.json': config } })
  const context = fakeContext(() => cleanReport, dir)
  const args = [
    '--effort=quick',
    '--operations=640',
    '--threshold',
    '8.5',
    '--concurrency=2',
    '--seed=7',
    '--backends=slow,up',
  ]
  t.equal(
    await main(['run', 'conf/leak.json', ...args, '--budget=1.5m', '--out', 'result', '--progress'], context),
    0,
  )
  t.match(context.calls[0], {
    effort: 'quick',
    operations: 640,
    threshold: 8.5,
    concurrency: 2,
    seed: 7,
    backends: ['slow', 'up'],
    budgetMs: 90_000,
    outDir: join(dir, 'result'),
  })
  t.match(context.stderr.text, `Journal and report: ${join(dir, 'result')}`)
  t.strictSame(context.folders, [join(dir, 'conf')])
  const untouched = fakeContext(() => cleanReport, dir)
  await main(['run', 'conf/leak.json'], untouched)
  t.strictSame(Object.keys(untouched.calls[0] ?? {}).sort(), [
    'agents',
    'entry',
    'onEvent',
    'signal',
    'workload',
  ])
})

t.test('help and version', async t => {
  for (const [args, first] of [
    [['--help'], /^Usage: isolate-leak \[options\] \[command\]/],
    [['-h'], /^Usage: isolate-leak \[options\] \[command\]/],
    [['run', '--help'], /^Usage: isolate-leak run \[options\] <config>/],
    [['heap', 'diff', '-h'], /^Usage: isolate-leak heap diff \[options\] <first> <second>/],
  ] as const) {
    const context = fakeContext(() => cleanReport)
    t.equal(await main(args, context), 0)
    t.match(context.stdout.text, first)
    t.equal(context.calls.length, 0)
  }
  const context = fakeContext(() => cleanReport)
  t.equal(await main(['--version'], context), 0)
  t.match(context.stdout.text, /^\d+\.\d+\.\d+/)
})

t.test('every command has help that fits 80 columns', async t => {
  const context = fakeContext(() => cleanReport)
  const write = async (): Promise<void> => Promise.resolve()
  const pathsOf = (command: Command): string[][] => [
    [],
    ...command.commands.flatMap(child => pathsOf(child).map(path => [child.name(), ...path])),
  ]
  const root = program({ context, stdout: write, stderr: write, end: () => undefined }, () => undefined)
  const paths = pathsOf(root)
  t.ok(paths.length > 8)
  for (const path of paths) {
    const asked = fakeContext(() => cleanReport)
    t.equal(await main([...path, '--help'], asked), 0)
    t.match(asked.stdout.text, `Usage: ${['isolate-leak', ...path].join(' ')}`)
    const wide = asked.stdout.text.split('\n').filter(line => line.length > 80)
    t.strictSame(wide, [], path.join(' '))
    t.notOk(asked.stdout.text.includes('\n\n\n'))
  }
})

t.test('wrong usage', async t => {
  const option = (flags: string, got: string, expected: string): string =>
    `option '${flags}' argument '${got}' is invalid. ${expected}`
  const cases: readonly (readonly [string[], string])[] = [
    [[], 'expected a command: run, upgrade, '],
    [['walk'], "unknown command 'walk'"],
    [['ru', 'x'], "unknown command 'ru'\n(Did you mean run?)"],
    [['run'], "missing required argument 'config'"],
    [['run', 'a', 'b'], "too many arguments for 'run'. Expected 1 argument but got 2."],
    [['demo', 'b'], "too many arguments for 'demo'. Expected 0 arguments but got 1."],
    [['bisect', '--config=a'], "missing required argument 'agent'"],
    [['bisect', 'newrelic'], "required option '--config <config>' not specified"],
    [['run', 'a', '--good', '1.0.0'], "unknown option '--good'"],
    [['run', 'a', '--operation', '5'], "unknown option '--operation'\n(Did you mean --operations?)"],
    [['run', 'a', '--nope'], "unknown option '--nope'"],
    [
      ['run', 'a', '--effort', 'huge'],
      option('--effort <effort>', 'huge', 'Allowed choices are quick, standard, thorough.'),
    ],
    [
      ['run', 'a', '--backends=up,off'],
      option('--backends <list>', 'up,off', 'Expected one or more of up, down, slow, error, reset, with'),
    ],
    [
      ['run', 'a', '--operations', '1.5'],
      option('--operations <n>', '1.5', 'Expected a whole number from 1.'),
    ],
    [['run', 'a', '--concurrency', '0'], option('--concurrency <n>', '0', 'Expected a whole number from 1.')],
    [['run', 'a', '--seed=-1'], option('--seed <n>', '-1', 'Expected a whole number from 0.')],
    [['run', 'a', '--threshold', 'x'], option('--threshold <bytes>', 'x', 'Expected a number above 0.')],
    [['run', 'a', '--rate', ''], option('--rate <n>', '', 'Expected a number above 0.')],
    [
      ['run', 'a', '--budget', '90'],
      option('--budget <time>', '90', 'Expected a time with its unit such as 90s, 10m or 2h.'),
    ],
    [
      ['run', 'a', '--shard', '5/4'],
      option('--shard <part>', '5/4', 'Expected a part of a whole such as 1/4.'),
    ],
    [['run', 'a', '--shard', '4'], option('--shard <part>', '4', 'Expected a part of a whole')],
    [['merge'], "missing required argument 'folders'"],
    [['run', 'a', '--budget', '9years'], option('--budget <time>', '9years', 'Expected a time')],
  ]
  for (const [args, message] of cases) {
    const context = fakeContext(() => cleanReport)
    t.equal(await main(args, context), 64, args.join(' '))
    t.ok(flat(context.stderr.text).startsWith(flat(`isolate-leak: ${message}`)), context.stderr.text)
    const help = ['run', 'demo', 'bisect', 'merge'].includes(args[0] ?? '') ? ` ${args[0] ?? ''}` : ''
    t.match(context.stderr.text, `Try 'isolate-leak${help} --help'.`)
    t.equal(context.stdout.text, '')
  }
})

t.test('another Node, and several that are compared', async t => {
  const dir = t.testdir({ 'leak.json': config })
  const context = fakeContext(() => cleanReport, dir)
  t.equal(await main(['run', 'leak.json', '--node', './bin/node24'], context), 0)
  t.match(context.calls[0], { entry: { nodePath: join(dir, 'bin/node24') } })

  const given: unknown[] = []
  const compared = createNodesReport(nodesData([createReport(cleanReport), createReport(leakReport)]))
  const several = {
    ...context,
    compareNodes: async (options: unknown) => {
      given.push(options)
      return Promise.resolve(compared)
    },
  }
  t.equal(await main(['run', 'leak.json', '--node=node20', '--node=./bin/node24'], several), 1)
  t.match(given[0], { nodes: ['node20', join(dir, 'bin/node24')], agents: ['a'] })
  t.match(several.stdout.text, /^LEAK: /m)
})

t.test('shards, and merging them', async t => {
  const dir = t.testdir({ 'leak.json': config })
  const context = fakeContext(() => cleanReport, dir)
  t.equal(await main(['run', 'leak.json', '--shard=2/4', '--out=a', '--resume'], context), 0)
  t.match(context.calls[0], { shard: { index: 2, count: 4 }, resume: true, outDir: join(dir, 'a') })

  const given: unknown[] = []
  for (const [data, complete, status] of [
    [cleanReport, true, 0],
    [leakReport, false, 1],
  ] as const) {
    const merging = {
      ...fakeContext(() => data, dir),
      mergeRuns: async (...args: unknown[]) => {
        given.push(args)
        return Promise.resolve({ report: createReport(data), complete })
      },
    }
    t.equal(await main(['merge', 'a', 'b', ...(complete ? ['--out', 'c'] : ['--json'])], merging), status)
    if (complete) t.equal(merging.stdout.text, reportText(data))
    else t.strictSame(JSON.parse(merging.stdout.text), data)
    t.equal(merging.stderr.text.includes('--resume'), !complete)
  }
  t.strictSame(given, [
    [[join(dir, 'a'), join(dir, 'b')], { outDir: join(dir, 'c') }],
    [[join(dir, 'a'), join(dir, 'b')], {}],
  ])
})

t.test('what a search is given', async t => {
  const dir = t.testdir({ 'leak.json': config })
  const given: BisectOptions[] = []
  const context = {
    ...fakeContext(() => cleanReport, dir),
    bisectVersions: async (options: BisectOptions): Promise<never> => {
      given.push(options)
      return Promise.reject(new IsolateLeakError('ERR_REGISTRY', 'no registry'))
    },
  }
  const args = ['--config=leak.json', '--range=>=7 <8', '--good=7.1.0', '--bad=7.4.0', '--resume']
  t.equal(await main(['bisect', 'newrelic', ...args, '--budget=2h'], context), 3)
  t.match(given, [
    {
      ...{ agent: 'newrelic', range: '>=7 <8', good: '7.1.0', bad: '7.4.0', resume: true },
      budgetMs: 7_200_000,
    },
  ])
})

t.test('failures', async t => {
  const dir = t.testdir({ 'leak.json': config })
  const fail = async (error: unknown, env: Record<string, string> = {}): Promise<[number, string]> => {
    const context = fakeContext(() => {
      throw error
    }, dir)
    context.env = env
    const status = await main(['run', 'leak.json'], context)
    t.equal(context.stdout.text, '')
    return [status, context.stderr.text]
  }
  const crashed = new IsolateLeakError('ERR_ENTRY_CRASHED', 'server.js ended with 1', {
    cause: new TypeError('x is not a function\nRequire stack: ...', { cause: 'thrown' }),
  })
  t.strictSame(await fail(crashed), [
    3,
    'isolate-leak: server.js ended with 1 (ERR_ENTRY_CRASHED)\n  caused by: TypeError: x is not a function\n  caused by: thrown\n',
  ])
  const [, debugged] = await fail(crashed, { DEBUG: 'isolate-leak:*' })
  t.match(debugged, /IsolateLeakError: server\.js ended with 1\n +at /)
  t.match(debugged, /TypeError: x is not a function\nRequire stack: \.\.\.\n +at /)
  t.equal((await fail(new IsolateLeakError('ERR_OPTION_INVALID', 'agents must be an array')))[0], 64)
  t.strictSame(await fail(new RangeError('a bug')), [3, 'isolate-leak: RangeError: a bug\n'])
  t.strictSame(await fail('odd'), [3, 'isolate-leak: odd\n'])
})

t.test('signals', async t => {
  const dir = t.testdir({ 'leak.json': config })
  const untilAborted = ({ signal }: IsolateLeakOptions): Promise<ReportData> =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        reject(new IsolateLeakError('ERR_ABORTED', 'the run was stopped'))
      })
    })
  for (const [name, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    const context = fakeContext(options => {
      setImmediate(() => context.signals.emit(name))
      return untilAborted(options)
    }, dir)
    t.equal(await main(['run', 'leak.json'], context), status)
    t.match(context.stderr.text, `${name}: stopping`)
    t.match(context.stderr.text, 'the run was stopped (ERR_ABORTED)')
    t.equal(context.stdout.text, '')
    t.strictSame(context.exits, [])
    t.equal(context.signals.listenerCount(name), 0, 'no listener is left')
  }
  const demo = fakeContext(options => {
    setImmediate(() => demo.signals.emit('SIGINT'))
    return untilAborted(options)
  })
  t.equal(await main(['demo'], demo), 130)
  t.notMatch(demo.stderr.text, 'To try it on your own service')
  const again = fakeContext(options => {
    setImmediate(() => {
      again.signals.emit('SIGINT')
      again.signals.emit('SIGINT')
    })
    return untilAborted(options)
  }, dir)
  await main(['run', 'leak.json'], again)
  t.strictSame(again.exits, [130], 'the second one ends the command at once')

  const late = fakeContext(() => {
    late.signals.emit('SIGINT')
    return cleanReport
  }, dir)
  t.equal(await main(['run', 'leak.json'], late), 130, 'a run that ends all the same')
  t.match(late.stdout.text, 'CLEAN')
})

t.test('a reader that goes away', async t => {
  const dir = t.testdir({ 'leak.json': config })
  const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  const context = fakeContext(() => leakReport, dir)
  context.stdout.failure = broken
  t.equal(await main(['run', 'leak.json'], context), 1, 'the verdict stands')
  t.equal(context.stderr.text, '')

  const silent = fakeContext(() => leakReport, dir)
  silent.stderr.failure = broken
  t.equal(await main(['demo'], silent), 3)
  t.match(silent.stdout.text, 'LEAK')

  const full = fakeContext(() => leakReport, dir)
  full.stdout.failure = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  t.equal(await main(['run', 'leak.json'], full), 3)
  t.match(full.stderr.text, 'no space left on device (ENOSPC)')
})
