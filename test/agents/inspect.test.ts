import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { inspectProcess, describeProcess } from '../../lib/agents/inspect/inspect-process.js'
import { nodeCommandLine, nodeOptions } from '../../lib/agents/inspect/node-command-line.js'
import { readProcess, type ProcessFacts } from '../../lib/agents/inspect/read-process.js'
import type { Preset } from '../../lib/types/preset.js'
import { configJson, configModule, inspectionNotes } from '../../lib/cli/inspected-config.js'
import { loadConfig } from '../../lib/cli/load-config.js'
import { main } from '../../lib/cli/main.js'
import { resolveOptions } from '../../lib/run/resolve/resolve-options.js'
import { fakeContext } from '../cli/support/fake-context.js'
import { flat } from '../report/support/sample-reports.js'
import { projectPath } from '../support/project-path.js'

const pkg = (name: string, version: string): Record<string, string> => ({
  'package.json': JSON.stringify({ name, version, main: 'index.js' }),
  'index.js': '',
})
const folder = await realpath(
  t.testdir({
    app: {
      'server.cjs': 'process.title.length; setInterval(() => {}, 1000); console.log("up")',
      'retitled.cjs': 'process.title = "shop"; setInterval(() => {}, 1000); console.log("up")',
      'tracing file.cjs': '',
      'own.mjs': '',
      node_modules: {
        'made-up': { ...pkg('made-up', '3.1.4'), 'hook.mjs': '' },
        'other-agent': pkg('other-agent', '1.0.0'),
        tsx: { ...pkg('tsx', '4.0.0'), dist: { 'loader.mjs': '' } },
      },
    },
    config: {},
  }),
)
const app = join(folder, 'app')

const preset = (name: string, more: Partial<Preset> = {}): Preset => ({
  package: name,
  title: name.toUpperCase(),
  attach: [{ versions: '*', by: 'require', specifier: name }],
  env: () => ({ MADE_UP_URL: '{collector}', NODE_EXTRA_CA_CERTS: '{collector.ca}' }),
  flush: () => ({ env: { MADE_UP_FLUSH: '1' }, text: 'sooner' }),
  switches: null,
  proof: { protocol: 'otlp', entries: true },
  recognise: { env: ['MADE_UP_'], paths: [`/node_modules/${name}/`] },
  ...more,
})
const presets = [
  preset('made-up'),
  preset('injector', {
    env: () => ({}),
    flush: () => null,
    recognise: { env: ['INJ_', 'LD_PRELOAD'], paths: ['libinjector.so', '/injector/'] },
  }),
]
const facts = (more: Partial<ProcessFacts>): ProcessFacts => ({
  pid: 42,
  argv: ['node', 'server.cjs'],
  env: {},
  cwd: app,
  exe: process.execPath,
  mapped: [],
  elsewhere: false,
  ...more,
})

t.test('a command line is read as Node reads it', async t => {
  const line = nodeCommandLine([
    '-r',
    'a',
    '--require=b',
    '--max_old_space_size=512',
    '--import',
    'c',
    '--no-warnings',
    'x.js',
    '-r',
    'd',
    '--',
    'e',
  ])
  t.same(
    line.options.map(({ name, value }) => [name, value]),
    [
      ['--require', 'a'],
      ['--require', 'b'],
      ['--max-old-space-size', '512'],
      ['--import', 'c'],
      ['--no-warnings', null],
    ],
  )
  t.same([line.script, line.args], ['x.js', ['-r', 'd', '--', 'e']], 'what follows the script is its own')
  t.match(nodeCommandLine(['-C', 'dev', '--', '-x.js', 'y']), { script: '-x.js', args: ['y'] })
  t.match(
    nodeCommandLine(['--stack-size', 'x.js']),
    { script: 'x.js' },
    'options of V8 take no further argument',
  )
  t.match(nodeCommandLine(['-e', 'code', 'x']), { script: null, args: ['x'] })
  t.match(nodeCommandLine(['-p', '1']), { script: null, args: [] })
  t.match(nodeCommandLine(['-', 'x']), { script: null, args: ['x'] })
  t.match(nodeCommandLine(['--require', '\\-odd.js', 'x.js']), {
    options: [{ value: '-odd.js' }],
    script: 'x.js',
  })
  t.same(nodeCommandLine([]), { options: [], script: null, args: [] })
  t.same(
    nodeOptions('--require "/a b/\\"c\\".cjs"   --max-old-space-size=512 -r=x "--import=/d e.mjs"').map(
      ({ name, value }) => [name, value],
    ),
    [
      ['--require', '/a b/"c".cjs'],
      ['--max-old-space-size', '512'],
      ['-r=x', null],
      ['--import', '/d e.mjs'],
    ],
  )
})

t.test('agents are recognised, grouped and given what is theirs', async t => {
  const found = describeProcess(
    facts({
      argv: [
        ...[
          'node',
          '--import',
          'tsx',
          '--require',
          'made-up',
          '--loader',
          'made-up/hook.mjs',
          '-r',
          './tracing file.cjs',
        ],
        ...[
          '--inspect-brk=9229',
          '--watch',
          '--expose-gc',
          './server.cjs',
          '--fast',
          '--password',
          'hunter22222',
        ],
      ],
      env: {
        NODE_OPTIONS: '--import ./own.mjs --max-semi-space-size=64 --require="tracing file.cjs"',
        LD_PRELOAD: '/usr/lib/libjemalloc.so.2:/opt/injector/libinjector.so',
        INJ_ZONE: 'eu',
        MADE_UP_URL: 'https://vendor.example',
        MADE_UP_FLUSH: '60',
        MADE_UP_TOKEN: 'abcdefgh-1',
        MADE_UP_HEADERS: 'x-team=letmein99',
        MADE_UP_LEVEL: 'debug',
        MADE_UP_COPY: 'of abcdefgh-1',
        NODE_ENV: 'production',
        NODE_EXTRA_CA_CERTS: '/own.pem',
        REDIS: 'redis://u:pw@cache',
        PWD: '/elsewhere',
        SHOP: 'berlin',
      },
      mapped: [
        '/lib/x86_64-linux-gnu/libc.so.6',
        '/usr/bin/libnode.so.115',
        '/opt/injector/libinjector.so',
        `${app}/x.node`,
      ],
    }),
    presets,
    [],
  )
  t.same(found.entry, {
    file: join(app, 'server.cjs'),
    args: ['--fast', '--password', '***'],
    cwd: app,
    nodeArgs: ['--import', 'tsx', '--expose-gc'],
    nodePath: process.execPath,
    env: {
      NODE_ENV: 'production',
      NODE_OPTIONS: '--max-semi-space-size=64',
      LD_PRELOAD: '/usr/lib/libjemalloc.so.2',
    },
  })
  t.match(found.agents, [
    { name: 'own', preset: null, import: [join(app, 'own.mjs')], seen: ['NODE_OPTIONS'] },
    {
      name: 'tracing file',
      preset: null,
      require: [join(app, 'tracing file.cjs'), join(app, 'tracing file.cjs')],
      seen: ['NODE_OPTIONS', 'the command line'],
    },
    {
      name: 'made-up',
      preset: 'made-up',
      presetFollows: true,
      package: { name: 'made-up', version: '3.1.4', root: join(app, 'node_modules/made-up') },
      require: ['made-up'],
      nodeArgs: ['--loader=made-up/hook.mjs'],
      env: { MADE_UP_LEVEL: 'debug' },
    },
    {
      name: 'injector',
      preset: 'injector',
      presetFollows: false,
      env: { LD_PRELOAD: '/usr/lib/libjemalloc.so.2:/opt/injector/libinjector.so', INJ_ZONE: 'eu' },
      seen: ['LD_PRELOAD'],
    },
  ])
  t.same(
    Object.keys(found.agents[2]?.env ?? {}),
    ['MADE_UP_LEVEL'],
    'what would send it to the vendor stays out',
  )
  t.same(found.libraries, ['/opt/injector/libinjector.so', join(app, 'x.node')])
  t.same(found.leftOut.secrets, ['MADE_UP_COPY', 'MADE_UP_HEADERS', 'MADE_UP_TOKEN', 'REDIS'])
  t.same(found.leftOut.variables, ['MADE_UP_FLUSH', 'MADE_UP_URL', 'NODE_EXTRA_CA_CERTS', 'SHOP'])
  t.match(found.leftOut.arguments, [/^--inspect-brk: /, /^--watch: /, /^\*\*\*: /])
  const texts = [configModule(found), configJson(found), inspectionNotes(found), JSON.stringify(found)].join()
  t.notMatch(texts, /hunter2|abcdefgh|letmein|u:pw/)
})

t.test('a file of the application that starts an agent', async t => {
  const argv = ['node', '--require', './tracing file.cjs', 'server.cjs']
  const known = describeProcess(facts({ argv, env: { MADE_UP_LEVEL: 'debug' } }), presets, [])
  t.match(known.agents, [
    { name: 'tracing file', preset: 'made-up', presetFollows: false, env: { MADE_UP_LEVEL: 'debug' } },
  ])
  t.match(configModule(known), "preset: 'made-up',")
  const twin = describeProcess(facts({ argv, env: { OTHER_LEVEL: 'debug' } }), presets, [])
  t.match(twin.agents, [{ name: 'tracing file', preset: null, env: {} }])
})

t.test('what cannot be seen is said', async t => {
  const notes = (more: Partial<ProcessFacts>, everywhere: readonly string[] = []): string =>
    describeProcess(facts(more), presets, everywhere).notes.join('\n')
  const plain = notes({})
  t.match(plain, /requires in its code does not show/)
  t.notMatch(plain, /entry\.file|MADE-UP|container|title|forked/)
  t.match(notes({ argv: ['shop: master', '', '', ''] }), /title \('shop: master'\)/)
  t.match(notes({ argv: ['node'] }), /names no script/)
  t.match(notes({ argv: ['node', 'gone.cjs'] }), /gone\.cjs is not there/)
  t.match(notes({ elsewhere: true }), /container/)
  t.match(notes({ env: { NODE_CHANNEL_FD: '3' } }), /forked it/)
  t.match(notes({ env: { MADE_UP_LEVEL: '1' } }), /Variables of MADE-UP are set \(MADE_UP_LEVEL\)/)
  t.match(notes({ mapped: ['/x/injector/agent.node'] }), /INJECTOR: nothing attaches it, but/)
  const injected = describeProcess(facts({}), presets, ['/opt/injector/libinjector.so'])
  t.match(injected.notes.join('\n'), /ld\.so\.preload injects/)
  t.match(injected.agents, [{ name: 'injector', seen: ['/etc/ld.so.preload'] }])
  const retitled = describeProcess(facts({ argv: ['shop', ''] }), presets, [])
  t.equal(retitled.entry.file, null)
  t.match(configModule(retitled), /FILL IN/)
  const moved = facts({ cwd: folder, env: { PWD: app } })
  t.match(describeProcess(moved, presets, []).entry, { file: join(app, 'server.cjs'), cwd: app })
})

/** A folder as /proc has it. */
const fakeProcess = async (
  pid: number,
  status: string,
  cmdline: string,
  exe = '/usr/bin/node',
): Promise<string> => {
  const proc = join(folder, 'config', `proc-${String(pid)}`)
  const own = join(proc, String(pid))
  await mkdir(own, { recursive: true })
  await writeFile(join(own, 'status'), `Name:\tx\nState:\tS\nTgid:\t${String(pid)}\n${status}`)
  await writeFile(join(own, 'cmdline'), cmdline)
  await writeFile(join(own, 'environ'), 'A=1\0=odd\0B=c=d\0')
  await writeFile(join(own, 'maps'), '7f00-7f01 r-xp 0 08:01 1   /opt/lib a.so.1\n7f02-7f03 rw-p 0 00:00 0\n')
  await symlink(exe, join(own, 'exe'))
  await symlink(app, join(own, 'cwd'))
  return proc
}

t.test('processes that are none of Node', async t => {
  const node = await readProcess(5, await fakeProcess(5, '', 'node\0x.js\0\0', '/opt/node-v20.1.0 (deleted)'))
  t.match(node, { argv: ['node', 'x.js', ''], env: { A: '1', B: 'c=d' }, exe: '/opt/node-v20.1.0', cwd: app })
  t.same(node.mapped, ['/opt/lib a.so.1'])
  const kernel = await fakeProcess(6, '', '')
  await t.rejects(readProcess(6, kernel), { code: 'ERR_PROCESS_NOT_NODE', message: /kernel thread/ })
  const python = await fakeProcess(7, '', 'python3\0', '/usr/bin/python3')
  await t.rejects(readProcess(7, python), {
    code: 'ERR_PROCESS_NOT_NODE',
    message: /it runs \/usr\/bin\/python3/,
  })
  const proc = await fakeProcess(8, '', 'node\0')
  const status = (text: string): Promise<void> => writeFile(join(proc, '8/status'), text)
  await status('Name:\tx\nTgid:\t4\n')
  await t.rejects(readProcess(8, proc), { code: 'ERR_PROCESS_NOT_FOUND', message: /thread of process 4/ })
  await status('State:\tZ (zombie)\nTgid:\t8\n')
  await t.rejects(readProcess(8, proc), { code: 'ERR_PROCESS_NOT_FOUND', message: /has ended/ })
  await t.rejects(readProcess(9, proc), { code: 'ERR_PROCESS_NOT_FOUND', message: /no process 9/ })
  await mkdir(join(proc, '9'))
  await writeFile(join(proc, '9/status'), 'Tgid:\t9\n')
  await t.rejects(readProcess(9, proc), { code: 'ERR_PROCESS_NOT_FOUND', message: /while it was being read/ })
  await t.rejects(inspectProcess(0), { code: 'ERR_OPTION_INVALID' })
  await t.rejects(inspectProcess(1.5), { code: 'ERR_OPTION_INVALID' })
})

/** A real process, out of reach of the test runner's hooks. */
const start = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ChildProcess> => {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const child = spawn('/usr/bin/env', ['-i', ...variables, process.execPath, ...args], {
    cwd: app,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

t.test('the config of a real process runs', async t => {
  const secret = 'tr0ub4dor&3'
  const { pid = 0 } = await start(
    ['--require', './tracing file.cjs', './server.cjs', '--key', secret, "it's", 'a\n"b"'],
    {
      NODE_OPTIONS: '--max-old-space-size=256 -r other-agent',
      NODE_ENV: 'production',
      DATABASE_PASSWORD: secret,
      PATH: process.env.PATH ?? '',
    },
  )
  const cwd = process.cwd()
  const config = join(folder, 'config')
  const context = { cwd: () => config, chdir: () => undefined }
  for (const [name, args] of [
    ['leak.mjs', []],
    ['leak.json', ['--json']],
  ] as const) {
    const run = fakeContext(() => {
      throw new Error('nothing is to be run')
    })
    t.equal(await main(['inspect', String(pid), ...args], run), 0)
    t.notMatch(run.stdout.text + run.stderr.text, secret)
    await writeFile(join(config, name), run.stdout.text)
    const options = await resolveOptions(await loadConfig(join(config, name), context))
    t.match(options.entry, {
      file: join(app, 'server.cjs'),
      args: ['--key', '***', "it's", 'a\n"b"'],
      cwd: app,
      nodePath: await realpath(process.execPath),
      env: { NODE_ENV: 'production', NODE_OPTIONS: '--max-old-space-size=256' },
    })
    t.strictSame(
      options.agents.map(agent => [agent.name, agent.require]),
      [
        ['other-agent', [join(app, 'node_modules/other-agent/index.js')]],
        ['tracing file', [join(app, 'tracing file.cjs')]],
      ],
    )
  }
  t.equal(process.cwd(), cwd)
})

t.test('failures of the command', async t => {
  const { pid = 0 } = await start(['retitled.cjs'], {})
  t.match((await inspectProcess(pid)).notes.join('\n'), /title \('shop'\)/)
  for (const [args, status, message] of [
    [['inspect'], 64, /expected the number of a process, or --pod/],
    [['inspect', '1', '--pod', 'pod.yaml'], 64, /process or --pod, not both/],
    [['inspect', '1', '--root', '.'], 64, /need --pod/],
    [['inspect', 'shop'], 64, /'shop' is invalid for argument 'pid'\. Expected a whole number from 1\./],
    [['inspect', '1', '2'], 64, /too many arguments for 'inspect'/],
    [['inspect', '1', '--effort', 'quick'], 64, /unknown option '--effort'/],
    [['inspect', '99999999'], 64, /pid must be/],
    [['inspect', '4194303'], 3, /no process 4194303 \(ERR_PROCESS_NOT_FOUND\)/],
  ] as const) {
    const context = fakeContext(() => {
      throw new Error('nothing is to be run')
    })
    t.equal(await main(args, context), status, args.join(' '))
    t.match(flat(context.stderr.text), message)
  }
  // Another user's process: of root for others, and for root seen as nobody.
  const isRoot = process.getuid?.() === 0
  const source = pathToFileURL(projectPath('dist', 'agents', 'inspect', 'read-process.js')).href
  const drop = isRoot ? 'process.setgroups([]); process.setgid(65534); process.setuid(65534);' : ''
  const code = `import(${JSON.stringify(source)})
    .then(m => { ${drop} return m.readProcess(${String(isRoot ? pid : 1)}) })
    .catch(e => console.log(e.code))`
  const printed = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, ['--eval', code], { env: {}, cwd: '/' }, (error, stdout) => {
      if (error) reject(new Error(error.message))
      else resolve(stdout)
    })
  })
  t.equal(printed.trim(), 'ERR_PROCESS_NOT_PERMITTED')
})
