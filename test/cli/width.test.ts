import t, { type Test } from 'tap'
import { configJson, configModule, inspectionNotes } from '../../lib/cli/inspected-config.js'
import { UsageError, errorText } from '../../lib/cli/exit-status.js'
import { openProgress } from '../../lib/cli/progress/open-progress.js'
import { Screen } from './support/screen.js'
import { fakeContext } from './support/fake-context.js'
import { IsolateLeakError } from '../../lib/errors.js'
import { DEMO_AFTER, DEMO_INTRO } from '../../lib/cli/demo/run-demo.js'
import { reportText } from '../../lib/report/text.js'
import type { RunEvent } from '../../lib/types/index.js'
import { bytes } from '../report/support/sample-reports.js'
import { endless, long, oddReports } from '../report/support/odd-reports.js'
import { trial } from '../report/support/trials.js'

/** Everything fits but words that no line has room for. */
const checkWidth = (t: Test, text: string, name: string, width = 80): void => {
  const wide = text.split('\n').filter(line => line.length > width && line.trim().includes(' '))
  // what stands before a word that is too long: an indent, a mark or a label
  const faults = wide.filter(line => !line.split(' ').some(word => word.length > width - 20))
  t.strictSame(faults, [], name)
}

t.test('reports', async t => {
  for (const [name, data] of Object.entries(oddReports)) {
    for (const width of [undefined, 72, 100]) {
      checkWidth(t, reportText(data, width === undefined ? {} : { width }), name, width)
    }
  }
  const { 'nine culprits with long names': nine } = oddReports
  if (nine === undefined) throw new Error('expected the report')
  const table = reportText(nine).split('\nComponents\n')[1]?.split('\n\n')[0] ?? ''
  for (const line of table.split('\n')) t.ok(line.length <= 80, line)
  const { backends, ...one } = { ...nine.components[1]!, backends: [] }
  t.strictSame(backends, [])
  const wide = {
    ...one,
    startBytes: 123_456_789,
    growth: { ...one.growth, estimate: -1234.5, low: -99_123, high: 99_456 },
  }
  const several = reportText({
    ...nine,
    options: { ...nine.options, backends: ['up', 'error'] },
    components: [wide, { ...wide, verdict: 'inconclusive' }],
  })
  const stacked = several.split('\nComponents\n')[1]?.split('\n\n')[0] ?? ''
  t.match(
    stacked,
    /^ {2}@a-company-with-a-name\/its-instrumentation-number-0-of-many$/m,
    'a name of its own line',
  )
  for (const line of stacked.split('\n')) t.ok(line.length <= 80, line)
})

t.test('errors', async t => {
  const output = Array.from(
    { length: 3 },
    () =>
      '    at a function with a name (/srv/shop/node_modules/dd-trace/packages/dd-trace/src/plugins/util/web.js:396:11)',
  )
  const errors = [
    new UsageError(`--effort must be quick, standard, thorough, got '${'enormous '.repeat(20)}'`),
    new IsolateLeakError(
      'ERR_ENTRY_CRASHED',
      `${long(1)} ended with 1 before it was ready; the last it wrote:\nTypeError: x\n${output.join('\n')}`,
      {
        cause: new TypeError(`cannot read what is not there, ${'again and '.repeat(20)}again`, {
          cause: new Error(endless),
        }),
      },
    ),
    new RangeError('a bug '.repeat(40)),
    'odd '.repeat(50),
  ]
  for (const error of errors) checkWidth(t, errorText(error, {}), String(error))
  const [, second = ''] = errorText(new Error('a sentence that goes on '.repeat(6).trim()), {}).split('\n')
  t.match(second, /^ {2}\S/, 'further lines stand further in')
  t.match(
    errorText(errors[1], {}),
    /^ {4}at a function with a name$/m,
    'what the application wrote keeps its indent',
  )
})

t.test('progress, warnings and what surrounds them', async t => {
  const names = [long(1), long(2), long(3)]
  const info = { id: 112, agents: names, backend: 'slow', purpose: 'retention', operations: 163_840 } as const
  const record = trial({
    ...{ id: 112, agents: names, purpose: 'retention', startBytes: 5e9, heapPerOperation: 9e6 },
    outcome: { kind: 'not-started', message: `${'it did not start '.repeat(12)} at ${endless}` },
  })
  const events: RunEvent[] = [
    { type: 'install', step: 'install', package: `${long(4)}@13.20.0-next.20260101T000000` },
    { type: 'trial-start', trial: info },
    { type: 'trial-end', trial: info, record },
    { type: 'trial-end', trial: info, record: { ...record, outcome: { kind: 'completed' } } },
    {
      type: 'warning',
      warning: { code: 'NOISY', message: 'trials differ so much that '.repeat(9), downgrades: true },
    },
    { type: 'verdict', component: long(5), verdict: 'leak', reason: '' },
    {
      type: 'plan',
      trials: [{ ...info, id: 1 }],
      expectedMs: null,
      sets: ['up', 'down', 'slow', 'error'].flatMap(backend => [
        { agents: names, backend: backend as 'up', why: 'together' as const },
        ...names.map(name => ({ agents: [name], backend: backend as 'up', why: 'alone' as const })),
      ]),
      forecast: { clean: 1000, oneLeak: 2000 },
    },
  ]
  const estimates = names.map(
    component => ({ component, verdict: 'inconclusive', growth: bytes(1e9, -1e9, 1e10) }) as const,
  )
  events.push({ type: 'estimate', components: estimates })
  for (const isTTY of [false, true]) {
    const context = fakeContext(() => Promise.reject(new Error('not used')))
    Object.assign(context.stderr, { isTTY, columns: 80, rows: 60 })
    context.env = { NO_COLOR: '1' }
    const progress = openProgress(context, true)
    for (const event of events) progress.event(event)
    progress.close()
    const lines = isTTY ? new Screen().feed(context.stderr.text) : context.stderr.text.split('\n')
    t.ok(lines.length > events.length)
    checkWidth(t, lines.join('\n'), isTTY ? 'live' : 'plain')
  }
  for (const text of [DEMO_INTRO, DEMO_AFTER]) checkWidth(t, text, 'demo')
})

t.test('a process as a config', async t => {
  const agent = {
    ...{
      name: 'apm',
      preset: null,
      presetFollows: false,
      require: ['/srv/apm.js'],
      import: [],
      env: {},
      nodeArgs: [],
    },
    package: { name: long(1), version: '1.2.3', root: '/srv/shop/node_modules/apm' },
    seen: ['NODE_OPTIONS', 'the command line', 'the libraries that it has mapped'],
  }
  const inspection = {
    ...{
      pid: 4711,
      entry: {
        file: '/srv/shop/server.js',
        args: [],
        cwd: '/srv/shop',
        env: {},
        nodeArgs: [],
        nodePath: '/usr/bin/node',
      },
    },
    agents: [agent],
    leftOut: {
      secrets: Array.from({ length: 9 }, (_, index) => `A_SECRET_${String(index)}`),
      variables: Array.from({ length: 40 }, (_, index) => `VARIABLE_${String(index)}`),
      arguments: ['--a '.repeat(40)],
    },
    libraries: [
      '/usr/lib/x86_64-linux-gnu/libone.so',
      '/opt/agent/lib64/libtwo.so',
      '/opt/agent/lib64/libthree.so',
    ],
    notes: ['The process was started by another that sets what it needs, and says so '.repeat(4)],
  } as unknown as Parameters<typeof configModule>[0]
  checkWidth(t, configModule(inspection), 'module')
  checkWidth(t, inspectionNotes(inspection), 'notes')
  checkWidth(t, configJson(inspection), 'json')
})
