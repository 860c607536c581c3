// Node 20 reads no TypeScript without a loader.
import '@tapjs/typescript/import'
import t from 'tap'
import { join } from 'node:path'
import { loadConfig } from '../../lib/cli/load-config.js'
import { IsolateLeakError } from '../../lib/errors.js'
import type { IsolateLeakOptions } from '../../lib/options/types.js'

const options = `{ entry: './server.js', agents: [], workload: { kind: 'idle', description: 'idle' } }`

async function load(folder: string, file: string): Promise<IsolateLeakOptions> {
  const before = process.cwd()
  try {
    return await loadConfig(file, {
      cwd: () => folder,
      chdir: path => {
        process.chdir(path)
      },
    })
  } finally {
    process.chdir(before)
  }
}

t.test('modules', async t => {
  const dir = t.testdir({
    'a.mjs': `export default ${options}`,
    'b.cjs': `module.exports = ${options}`,
    'c.mjs': `export default async () => (${options})`,
    'd.cjs': `exports.__esModule = true; exports.default = ${options}`,
    'e.mjs': `export default Promise.resolve(${options})`,
    'f.mts': `const options: object = ${options}\nexport default options`,
  })
  for (const file of ['a.mjs', 'b.cjs', 'c.mjs', 'd.cjs', 'e.mjs', 'f.mts']) {
    t.match(await load(dir, file), { entry: './server.js', workload: { kind: 'idle' } }, file)
  }
})

t.test('JSON', async t => {
  const json = (workload: unknown): string =>
    JSON.stringify({ entry: './server.js', agents: ['x'], effort: 'quick', workload })
  const dir = t.testdir({
    deep: {
      'op.mjs': 'export default () => {}',
      'http.json': json({ http: { path: '/a', connections: 2 } }),
      'in-app.json': json({ inApp: './op.mjs' }),
      'idle.json': json({ idle: {} }),
      'command.json': json({ command: ['sh', '-c', 'true', '{operations}'] }),
      'counted.json': json({
        command: { args: ['sh', '{operations}'], count: '(\\d+) ok', env: { A: '{url}' } },
      }),
    },
  })
  t.match(await load(dir, 'deep/http.json'), {
    entry: './server.js',
    effort: 'quick',
    workload: { kind: 'http', options: { path: '/a', connections: 2 } },
  })
  const inApp = await load(dir, 'deep/in-app.json')
  t.match(
    inApp.workload,
    { kind: 'in-app', module: join(dir, 'deep/op.mjs') },
    "relative to the config's folder",
  )
  t.match((await load(dir, 'deep/idle.json')).workload, { kind: 'idle' })
  t.match((await load(dir, 'deep/command.json')).workload, {
    ...{ kind: 'command', args: ['sh', '-c', 'true', '{operations}'] },
    options: { cwd: join(dir, 'deep') },
  })
  t.match((await load(dir, 'deep/counted.json')).workload, {
    options: { count: /(\d+) ok/, env: { A: '{url}' } },
  })
})

t.test('JSON, with requests of a file beside it', async t => {
  const json = (workload: unknown): string => JSON.stringify({ entry: './server.js', workload })
  const line = (path: string): string => `x - - [x] "GET ${path} HTTP/1.1" 200 1`
  const dir = t.testdir({
    'access.log': `${line('/a')}\n${line('/b')}\n`,
    'traffic.har': `{"log":{"entries":[{"request":{"method":"GET","url":"http://x/c"},"response":{"status":200}}]}}`,
    'log.json': json({ http: { fromAccessLog: { file: './access.log', most: 1 }, connections: 2 } }),
    'har.json': json({ http: { fromHar: 'traffic.har' } }),
    'both.json': json({ http: { fromHar: 'traffic.har', fromAccessLog: 'access.log' } }),
    'missing.json': json({ http: { fromHar: { most: 1 } } }),
  })
  t.match((await load(dir, 'log.json')).workload, {
    description: '1 request of access.log, 2 connections',
    options: { connections: 2 },
  })
  t.match((await load(dir, 'har.json')).workload, { options: { requests: [{ path: '/c' }] } })
  await t.rejects(load(dir, 'both.json'), {
    code: 'ERR_CONFIG',
    message: 'give fromHar or fromAccessLog, not both',
  })
  await t.rejects(load(dir, 'missing.json'), {
    code: 'ERR_CONFIG',
    cause: { message: /fromHar\(\): file must be a string, got undefined/ },
  })
})

t.test('what is wrong with a config', async t => {
  const dir = t.testdir({
    'throws.mjs': `throw new TypeError('no database')\nexport default {}`,
    'rejects.mjs': `export default async () => { throw new Error('no secrets') }`,
    'rejected.mjs': `export default Promise.reject(new Error('no promise'))`,
    'syntax.mjs': `export default {`,
    'none.mjs': `export const options = {}`,
    'undefined.mjs': `export default undefined`,
    'array.cjs': `module.exports = []`,
    'null.cjs': `module.exports = null`,
    'text.json': `"x"`,
    'broken.json': `{`,
    'two.json': `{ "workload": { "http": {}, "idle": {} } }`,
    'odd.json': `{ "workload": { "load": {} } }`,
    'bad-command.json': `{ "workload": { "command": { "args": ["sh", "{operations}"], "count": "(" } } }`,
    'bad-http.json': `{ "workload": { "http": { "pathh": 1 } } }`,
    'folder.json': {},
    'config.yaml': '',
  })
  const cases: readonly (readonly [string, RegExp, RegExp?])[] = [
    ['missing.mjs', /there is no config .*missing\.mjs/],
    ['folder.json', /there is no config/],
    ['config.yaml', /a config ends in \.js, .*got config\.yaml/],
    ['throws.mjs', /throws\.mjs could not be loaded/, /no database/],
    ['rejects.mjs', /the function that .*rejects\.mjs exports failed/, /no secrets/],
    ['rejected.mjs', /the promise that .*rejected\.mjs exports failed/, /no promise/],
    ['syntax.mjs', /syntax\.mjs could not be loaded/, /./],
    ['none.mjs', /expected a config, but .*none\.mjs has no default export, and was not run/],
    ['undefined.mjs', /must have a default export .*got undefined/],
    ['array.cjs', /got an array/],
    ['null.cjs', /got null/],
    ['text.json', /must have an object, got string/],
    ['broken.json', /broken\.json is not valid JSON/, /JSON/],
    ['two.json', /the workload of a JSON config must be/],
    ['odd.json', /got {"load":{}}/],
    ['bad-command.json', /the workload in .* is not valid/, /no regular expression/],
    ['bad-http.json', /the workload in .* is not valid/, /pathh/],
  ]
  for (const [file, message, cause] of cases) {
    const error = await load(dir, file).then(
      () => null,
      (reason: unknown) => reason,
    )
    if (!(error instanceof IsolateLeakError)) {
      t.fail(`${file} was accepted`)
      continue
    }
    t.equal(error.code, 'ERR_CONFIG', file)
    t.match(error.message, message)
    if (cause === undefined) t.equal(error.cause, undefined)
    else t.match((error.cause as Error).message, cause)
  }
})

t.test('a script in place of a config is not run', async t => {
  const ran = 'globalThis.ranInPlaceOfAConfig = true\n'
  const dir = t.testdir({
    'server.cjs': `${ran}require('node:http').createServer().listen(0)`,
    'server.mjs': `${ran}export const app = 1`,
    'app.cjs': `${ran}const app = require('node:http').createServer()\napp.listen(0)\nmodule.exports = app`,
    'config.mjs': `export const other = 1\nexport { options as default }\nconst options = ${options}`,
    'listens.mjs': `export default { ...${options}, workload: ({ server }) => server.listen(0) }`,
  })
  for (const file of ['server.cjs', 'server.mjs', 'app.cjs']) {
    await t.rejects(load(dir, file), {
      code: 'ERR_CONFIG',
      message: new RegExp(`${file} .*, and was not run\\. A script is measured by .* entry: '\\./${file}'`),
    })
  }
  t.notOk('ranInPlaceOfAConfig' in globalThis)
  for (const file of ['config.mjs', 'listens.mjs']) t.match(await load(dir, file), { entry: './server.js' })
})
