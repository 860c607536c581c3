import t from 'tap'
import { presets } from '../../../lib/agents/presets/index.js'
import {
  isChanged,
  lockedAgents,
  packagesOf,
  pinsOf,
  strayParts,
  type LockedAgent,
} from '../../../lib/compare/since/changed-agents.js'
import { locate, type LockedTree } from '../../../lib/compare/since/lockfile/locked-tree.js'
import { readLockfile } from '../../../lib/compare/since/lockfile/read-lockfile.js'
import { IsolateLeakError } from '../../../lib/errors.js'
import fc from '../../support/seeded-fast-check.js'
import { AUTO, FORMATS, HTTP, packageJson, type Pins } from './support/lockfiles.js'

const known = presets.map(preset => preset.package)
const pins: Pins = { newrelic: '7.4.0', http: '0.45.1', semver: '7.5.0' }

const read = async (
  file: string,
  text: string,
  manifests: Readonly<Record<string, unknown>> = { '': JSON.parse(packageJson) },
): Promise<LockedTree> =>
  readLockfile(
    file,
    text,
    { folders: Object.keys(manifests), manifest: folder => manifests[folder] ?? null },
    file,
  )

const told = (agents: readonly LockedAgent[]): unknown[] =>
  agents
    .filter(isChanged)
    .map(({ agent, before, now, parts }) => [agent, before?.version, now?.version, parts])

for (const { format, file, text } of FORMATS) {
  t.test(`${format}: what changed, and harmless twins`, async t => {
    const changed = async (then: Pins, since: Pins, named: readonly string[] = []): Promise<unknown[]> => {
      const [before, now] = [await read(file, text(then)), await read(file, text(since))]
      const agents = lockedAgents({ before, now, named, known })
      t.strictSame(strayParts({ before, now }, agents), [])
      return told(agents)
    }
    t.strictSame(await changed(pins, pins), [], 'the same')
    t.strictSame(await changed(pins, { ...pins, semver: '7.5.1' }), [], 'what the application uses as well')
    t.strictSame(await changed(pins, { ...pins, newrelic: '7.5.0' }), [['newrelic', '7.4.0', '7.5.0', []]])
    t.strictSame(await changed(pins, { ...pins, http: '0.46.0' }), [
      [AUTO, '0.40.0', '0.40.0', [{ name: HTTP, from: '0.45.1', to: '0.46.0' }]],
    ])
    t.strictSame(
      await changed(pins, { newrelic: '7.5.0', http: '0.46.0', semver: '7.5.1' }, [AUTO]),
      [
        ['newrelic', '7.4.0', '7.5.0', []],
        [AUTO, '0.40.0', '0.40.0', [{ name: HTTP, from: '0.45.1', to: '0.46.0' }]],
      ],
      'both',
    )
    const tree = await read(file, text(pins))
    const auto = locate(tree, AUTO)
    const below = ['import-in-the-middle@1.4.2', 'semver@7.5.0', `${HTTP}@0.45.1`]
    const peers = format === 'npm 1' || format === 'yarn classic' ? [] : ['@opentelemetry/api@1.7.0']
    t.strictSame(auto && [...pinsOf(auto)].sort(), [...below, ...peers].sort())
    t.equal(locate(tree, 'express')?.version, '4.18.2')
    t.equal(locate(tree, 'constructor'), undefined)
    const names = lockedAgents({ before: tree, now: tree, named: [], known }).map(({ agent }) => agent)
    t.strictSame(names.sort(), [AUTO, 'newrelic'], 'not what a tool of development brings along')
  })

  t.test(`${format}: damaged`, async t => {
    const whole = text(pins)
    for (const cut of [0.3, 0.6, 0.9]) {
      const damaged = `${whole.slice(0, whole.length * cut)}\n<<<<<<< HEAD\n: :\n\t"`
      await t.rejects(read(file, damaged), {
        code: 'ERR_LOCKFILE',
        message: new RegExp(`^${file} cannot be read: `),
      })
    }
  })

  t.test(`${format}: any change of it has a result or a code`, async t => {
    const whole = text(pins)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length),
        fc.nat(40),
        fc.oneof(fc.string(), fc.constantFrom('{}', '[]', 'null', ': ', '\n', '"', '&a *a', '__proto__')),
        async (at, length, put) => {
          await resolves(file, whole.slice(0, at) + put + whole.slice(at + length))
        },
      ),
      { numRuns: 50 },
    )
    t.pass()
  })
}

const resolves = async (file: string, text: string): Promise<void> => {
  try {
    const tree = await read(file, text)
    lockedAgents({ before: tree, now: tree, named: ['newrelic', 'toString'], known }).map(
      one => one.now && pinsOf(one.now),
    )
  } catch (error) {
    if (!(error instanceof IsolateLeakError) || error.code !== 'ERR_LOCKFILE') throw error
  }
}

t.test('any text, and any JSON, has a result or a code', async t => {
  const files = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock']
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.json(),
        fc
          .record({
            lockfileVersion: fc.constantFrom('6.0', '9.0', 1, 3),
            packages: fc.jsonValue(),
            importers: fc.jsonValue(),
            snapshots: fc.jsonValue(),
            dependencies: fc.jsonValue(),
          })
          .map(one => JSON.stringify(one)),
        fc
          .dictionary(fc.string(), fc.jsonValue())
          .map(one => `__metadata:\n  version: 8\n\n${JSON.stringify(one)}`),
      ),
      resolves,
    ),
    { numRuns: 200 },
  )
  t.pass()
})

t.test('what would take for ever, or all the stack, is an error', async t => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...Array.from({ length: 20 }, (_, at) => {
      const name = String.fromCharCode(98 + at)
      const one = `*${String.fromCharCode(97 + at)}`
      return `${name}: &${name} [${Array.from({ length: 9 }, () => one).join(',')}]`
    }),
  ].join('\n')
  const deep = `${'{"dependencies":{"a":'.repeat(5_000)}{}${'}}'.repeat(5_000)}`
  for (const [file, text] of [
    ['pnpm-lock.yaml', bomb],
    ['pnpm-lock.yaml', '['.repeat(100_000)],
    ['package-lock.json', deep],
    ['package-lock.json', '[]'],
    ['pnpm-lock.yaml', 'lockfileVersion: 5.4'],
    ['pnpm-lock.yaml', ''],
    ['yarn.lock', 'not a lockfile at all {'],
  ] as const) {
    await t.rejects(read(file, text), { code: 'ERR_LOCKFILE' }, text.slice(0, 30))
  }
  await t.rejects(read('pnpm-lock.yaml', 'lockfileVersion: 5.4'), {
    message: /expected lockfileVersion 6 or 9, got 5\.4/,
  })
})

t.test('workspaces: what the application resolves wins, what is above it counts after that', async t => {
  const npm = JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { newrelic: '^8.0.0', 'dd-trace': '^4.0.0' } },
      'node_modules/newrelic': { version: '8.1.0' },
      'node_modules/dd-trace': { version: '4.22.0' },
      'node_modules/app': { resolved: 'packages/app', link: true },
      'node_modules/lib': { resolved: 'packages/lib', link: true },
      'packages/app': { version: '1.0.0', dependencies: { newrelic: '^7.0.0', lib: '*' } },
      'packages/app/node_modules/newrelic': { version: '7.4.0' },
      'packages/lib': { dependencies: { 'elastic-apm-node': '^4.0.0' } },
      'packages/lib/node_modules/elastic-apm-node': { version: '4.1.0' },
    },
  })
  const pnpm = `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      newrelic: { specifier: ^8.0.0, version: 8.1.0 }
      dd-trace: { specifier: ^4.0.0, version: 4.22.0 }
  packages/app:
    dependencies:
      newrelic: { specifier: ^7.0.0, version: 7.4.0 }
      lib: { specifier: 'workspace:*', version: 'link:../lib' }
  packages/lib:
    dependencies:
      elastic-apm-node: { specifier: ^4.0.0, version: 4.1.0 }
packages:
  newrelic@8.1.0: {}
  newrelic@7.4.0: {}
  dd-trace@4.22.0: {}
  elastic-apm-node@4.1.0: {}
`
  const berry = `__metadata:
  version: 8
"newrelic@npm:^8.0.0": { version: 8.1.0, resolution: "newrelic@npm:8.1.0" }
"newrelic@npm:^7.0.0": { version: 7.4.0, resolution: "newrelic@npm:7.4.0" }
"dd-trace@npm:^4.0.0": { version: 4.22.0, resolution: "dd-trace@npm:4.22.0" }
"elastic-apm-node@npm:^4.0.0": { version: 4.1.0, resolution: "elastic-apm-node@npm:4.1.0" }
"root@workspace:.": { version: 0.0.0-use.local, resolution: "root@workspace:.", dependencies: { newrelic: "npm:^8.0.0", dd-trace: "npm:^4.0.0" } }
"app@workspace:packages/app": { version: 0.0.0-use.local, resolution: "app@workspace:packages/app", dependencies: { newrelic: "npm:^7.0.0", lib: "workspace:*" } }
"lib@workspace:*, lib@workspace:packages/lib": { version: 0.0.0-use.local, resolution: "lib@workspace:packages/lib", dependencies: { elastic-apm-node: "npm:^4.0.0" } }
`
  const classic = `# yarn lockfile v1
newrelic@^8.0.0:
  version "8.1.0"
newrelic@^7.0.0:
  version "7.4.0"
dd-trace@^4.0.0:
  version "4.22.0"
elastic-apm-node@^4.0.0:
  version "4.1.0"
`
  const manifests = {
    'packages/app': { dependencies: { newrelic: '^7.0.0', lib: '*' } },
    packages: null,
    '': { dependencies: { newrelic: '^8.0.0', 'dd-trace': '^4.0.0' } },
  }
  for (const [file, text] of [
    ['package-lock.json', npm],
    ['pnpm-lock.yaml', pnpm],
    ['yarn.lock', berry],
    ['yarn.lock', classic],
  ] as const) {
    const tree = await read(file, text, manifests)
    const versions = ['newrelic', 'dd-trace', 'elastic-apm-node'].map(name => locate(tree, name)?.version)
    t.strictSame(versions, ['7.4.0', '4.22.0', '4.1.0'], text.slice(0, 30))
    const agents = lockedAgents({ before: tree, now: tree, named: ['elastic-apm-node'], known })
    t.strictSame(agents.map(({ agent }) => agent).sort(), ['dd-trace', 'elastic-apm-node', 'newrelic'])
  }
})

t.test('other names, and what no registry has', async t => {
  const manifests = {
    '': { dependencies: { nr: 'npm:newrelic@^7.0.0', 'dd-trace': 'github:DataDog/dd-trace-js' } },
  }
  const texts = [
    [
      'package-lock.json',
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          '': manifests[''],
          'node_modules/nr': { name: 'newrelic', version: '7.4.0' },
          'node_modules/dd-trace': {
            version: '4.0.0',
            resolved: 'git+ssh://git@github.com/DataDog/dd-trace-js.git#a',
          },
        },
      }),
    ],
    [
      'package-lock.json',
      JSON.stringify({
        lockfileVersion: 1,
        dependencies: {
          nr: { version: 'npm:newrelic@7.4.0' },
          'dd-trace': { version: 'github:DataDog/dd-trace-js#a' },
        },
      }),
    ],
    [
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      nr: { specifier: 'npm:newrelic@^7.0.0', version: newrelic@7.4.0 }
      dd-trace: { specifier: 'github:DataDog/dd-trace-js', version: 'https://codeload.github.com/DataDog/dd-trace-js/tar.gz/a' }
packages:
  newrelic@7.4.0: {}
  dd-trace@https://codeload.github.com/DataDog/dd-trace-js/tar.gz/a: { version: 4.0.0 }
snapshots:
  newrelic@7.4.0: {}
  dd-trace@https://codeload.github.com/DataDog/dd-trace-js/tar.gz/a: {}
`,
    ],
    [
      'pnpm-lock.yaml',
      `lockfileVersion: '6.0'
dependencies:
  nr: { specifier: 'npm:newrelic@^7.0.0', version: /newrelic@7.4.0 }
  dd-trace: { specifier: 'github:DataDog/dd-trace-js', version: github.com/DataDog/dd-trace-js/a }
packages:
  /newrelic@7.4.0: {}
  github.com/DataDog/dd-trace-js/a: { name: dd-trace, version: 4.0.0 }
`,
    ],
    [
      'yarn.lock',
      `"nr@npm:newrelic@^7.0.0":
  version "7.4.0"
"dd-trace@github:DataDog/dd-trace-js":
  version "4.0.0"
  resolved "https://codeload.github.com/DataDog/dd-trace-js/tar.gz/a"
`,
    ],
    [
      'yarn.lock',
      `__metadata: { version: 8 }
"nr@npm:newrelic@^7.0.0": { version: 7.4.0, resolution: "newrelic@npm:7.4.0" }
"dd-trace@github:DataDog/dd-trace-js": { version: 4.0.0, resolution: "dd-trace@https://github.com/DataDog/dd-trace-js.git#commit=a" }
"shop@workspace:.": { resolution: "shop@workspace:.", dependencies: { nr: "npm:newrelic@^7.0.0", dd-trace: "github:DataDog/dd-trace-js" } }
`,
    ],
  ] as const
  for (const [file, text] of texts) {
    const tree = await read(file, text, manifests)
    const agents = lockedAgents({ before: tree, now: tree, named: ['nr'], known })
    t.strictSame(
      agents.map(({ agent, alias, now }) => [agent, alias, now?.isInstallable]).sort(),
      [
        ['dd-trace', 'dd-trace', false],
        ['newrelic', 'nr', true],
      ],
      text.slice(0, 60),
    )
  }
})

t.test('parts of agents that belong to none', async t => {
  const lock = (http: string): string =>
    JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { [HTTP]: '*', express: '*' } },
        [`node_modules/${HTTP}`]: { version: http },
        'node_modules/express': { version: http },
      },
    })
  const [before, now] = [
    await read('package-lock.json', lock('0.45.1')),
    await read('package-lock.json', lock('0.46.0')),
  ]
  const agents = lockedAgents({ before, now, named: [], known })
  t.strictSame(agents, [])
  t.strictSame(strayParts({ before, now }, agents), [{ name: HTTP, from: '0.45.1', to: '0.46.0' }])
  t.strictSame(strayParts({ before, now: before }, agents), [])
})

t.test('the packages that an agent of a config may be', async t => {
  for (const [agent, expected] of [
    ['newrelic', ['newrelic']],
    ['newrelic@13.20.0', ['newrelic']],
    ['dd-trace/init', ['dd-trace']],
    ['./tracing.cjs', []],
    [{ name: 'otel', import: `${AUTO}/register` }, [AUTO]],
    [{ name: 'nr', preset: 'newrelic' }, ['newrelic']],
    [{ name: 'nr', package: 'newrelic@^7.0.0', require: ['newrelic'] }, ['newrelic', 'newrelic']],
    [{ name: 'newrelic', require: './tracing.cjs' }, []],
    [{ name: 'newrelic', env: { A: '1' } }, ['newrelic']],
  ] as const)
    t.strictSame(packagesOf(agent), expected)
})
