import { existsSync } from 'node:fs'
import { join } from 'node:path'
import semver from 'semver'
import t from 'tap'
import { presetFor, presets } from '../../lib/agents/presets/index.js'
import type { Instrumentation, Preset } from '../../lib/types/preset.js'
import { protocols } from '../../lib/collector/protocols/index.js'
import { satisfiesVersion } from '../../lib/agents/packages/satisfies-version.js'
import { projectPath } from '../support/project-path.js'

/** A version of every published line that a preset is meant for. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  'dd-trace': ['0.36.6', '1.7.1', '2.46.0', '3.10.0', '4.55.0', '5.132.0', '6.21.0'],
  newrelic: ['6.14.0', '7.5.0', '8.17.1', '9.15.0', '10.6.2', '11.23.2', '12.25.1', '13.20.0', '14.5.1'],
  'elastic-apm-node': ['2.17.3', '3.52.2', '4.18.0'],
  '@opentelemetry/auto-instrumentations-node': ['0.39.0', '0.62.0', '0.82.0'],
  '@opentelemetry/sdk-node': ['0.45.1', '0.223.0', '0.301.0'],
  '@sentry/node': ['5.30.0', '6.19.7', '7.120.4', '8.55.2', '9.47.2', '10.78.0', '11.12.0'],
  applicationinsights: ['1.8.10', '2.9.8', '3.17.0'],
  '@instana/collector': ['1.140.1', '2.34.0', '4.31.0', '5.5.0'],
  '@splunk/otel': ['0.15.0', '1.4.1', '3.1.2', '4.11.0'],
  'skywalking-backend-js': ['0.4.1', '0.9.0'],
  '@dynatrace/oneagent': ['1.221.132-1.0.0'],
  '@appsignal/nodejs': ['3.9.1'],
  '@elastic/opentelemetry-node': ['1.0.0', '1.18.0'],
  '@azure/monitor-opentelemetry': ['1.0.0', '1.21.0'],
  '@lumigo/opentelemetry': ['1.53.1'],
  '@honeycombio/opentelemetry-node': ['0.7.1', '0.7.2'],
  '@pyroscope/nodejs': ['0.4.1', '0.6.4'],
  'aws-xray-sdk-core': ['3.3.0', '3.12.0'],
  oneagent: ['1.269.180', '1.269.180.20230713-123456', ''],
}
const starts = projectPath('lib', 'agents', 'starts')
const preset = (name: string): Preset => {
  const found = presetFor(name)
  if (found === undefined) throw new Error(`no preset for ${name}`)
  return found
}
const listed = (name: string, root: string, version = ''): readonly Instrumentation[] =>
  preset(name).switches?.list(root, version) ?? []
const switched = (name: string, names: readonly string[], version = ''): Readonly<Record<string, string>> =>
  preset(name).switches?.off(names, version) ?? {}

t.test('every agent has one preset', async t => {
  t.strictSame(presets.map(one => one.package).sort(), Object.keys(LINES).sort())
  t.equal(presetFor('express'), undefined)
})

for (const one of presets) {
  t.test(`${one.package}: complete for every line`, async t => {
    t.ok(one.title)
    const names = protocols.map(({ name }) => name)
    // What it sends has a form that nobody reads, or is a datagram.
    const isUnread = one.package === '@appsignal/nodejs' || one.proof === null
    t.ok(isUnread || names.includes(one.proof.protocol), 'its collector knows the protocol')
    t.ok(one.recognise.env.length > 0 && one.recognise.paths.length > 0, 'is recognised')
    for (const { versions, node, otherwise } of one.node ?? []) {
      t.ok(semver.validRange(versions) && semver.validRange(node) && otherwise)
    }
    for (const version of LINES[one.package] ?? []) {
      const flush = one.flush(version)
      if (flush !== null) t.ok(flush.text && Object.keys(flush.env).length > 0, 'says what it shortens')
      const env = { ...one.env(version), ...flush?.env }
      const values = Object.values(env).join('\n')
      t.match(values, /\{collector(\.\w+)?\}/, `${version} reports to the collector`)
      t.notMatch(
        values.replaceAll(/https?:\/\/(key@)?\{collector\.host\}/g, ''),
        /https?:|\b\d+\.\d+\.\d+\.\d+\b|\.(com|net|io|org)\b/,
        `${version} names no other host`,
      )
      const placeholders = values.match(/\{(?:collector|agent)[^}]*\}/g) ?? []
      t.strictSame(
        placeholders.filter(found => !/^\{(collector(\.(https|host|port|ca))?|agent)\}$/.test(found)),
        [],
      )
      const attachment = one.attach.find(({ versions }) => satisfiesVersion(version, versions))
      if (one.attach.length === 0) continue
      t.ok(attachment, `it is known how to attach ${version}`)
      if (attachment?.by !== 'start') {
        t.ok(attachment?.specifier.startsWith(one.package))
        continue
      }
      const file = attachment.specifier.replace(/\.([cm])js$/, '')
      const isModule = attachment.specifier.endsWith('.mjs')
      t.ok(existsSync(join(starts, `${file}.${isModule ? 'm' : 'c'}ts`)), `${attachment.specifier} exists`)
      t.ok(Object.values(env).includes('{agent}'), 'the file that starts it is told where it is')
    }
    for (const companion of one.companions?.(LINES[one.package]?.at(-1) ?? '') ?? []) {
      t.match(companion, /^(@[\w-]+\/)?[\w-]+@[\^~]?\d+\.\d+\.\d+$/)
    }
  })
}

t.test('what differs by version', async t => {
  const { attach, env, flush, companions } = preset('applicationinsights')
  t.equal(attach.length, 1)
  t.match(env('2.9.8'), { APPLICATIONINSIGHTS_CONNECTION_STRING: /=\{collector\};/ })
  t.match(env('3.17.0'), { APPLICATIONINSIGHTS_CONNECTION_STRING: /=\{collector\.https\};/ })
  t.match(flush('1.8.10')?.text, /1 s/)
  t.match(flush('2.9.8')?.text, /1 s/)
  t.match(flush('3.17.0')?.text, /0\.5 s/)
  t.equal(companions, undefined)
  t.equal(preset('dd-trace').flush('4.55.0'), null)
  t.match(preset('dd-trace').flush(''), { env: { DD_TRACE_FLUSH_INTERVAL: '500' } }, 'unknown is the newest')
  t.strictSame(preset('@opentelemetry/sdk-node').companions?.('0.45.1'), [
    '@opentelemetry/instrumentation-http@0.45.1',
  ])
  t.strictSame(preset('@opentelemetry/auto-instrumentations-node').companions?.('0.62.0'), [])
  t.strictSame(preset('@honeycombio/opentelemetry-node').companions?.('0.7.2'), [
    '@opentelemetry/auto-instrumentations-node@~0.43.0',
  ])
  t.strictSame(preset('@splunk/otel').companions?.('4.3.0'), [])
  t.strictSame(preset('@splunk/otel').companions?.('1.4.1'), ['@opentelemetry/instrumentation-http@^0.28.0'])
})

t.test('switches as the agents take them', async t => {
  const names = ['http', 'pg']
  t.strictSame(switched('dd-trace', names), { DD_TRACE_DISABLED_INSTRUMENTATIONS: 'http,pg' })
  t.strictSame(switched('newrelic', ['@hapi/hapi']), {
    'NEW_RELIC_INSTRUMENTATION_@HAPI/HAPI_ENABLED': 'false',
  })
  t.strictSame(switched('elastic-apm-node', ['http', 'incoming-http-requests']), {
    ELASTIC_APM_DISABLE_INSTRUMENTATIONS: 'http',
    ELASTIC_APM_INSTRUMENT_INCOMING_HTTP_REQUESTS: 'false',
  })
  t.strictSame(switched('elastic-apm-node', names), { ELASTIC_APM_DISABLE_INSTRUMENTATIONS: 'http,pg' })
  t.strictSame(switched('@opentelemetry/auto-instrumentations-node', names), {
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,pg',
  })
  t.strictSame(switched('@splunk/otel', ['aws_sdk']), { OTEL_INSTRUMENTATION_AWS_SDK_ENABLED: 'false' })
  t.strictSame(switched('@instana/collector', names, '5.5.0'), {
    INSTANA_TRACING_DISABLE_INSTRUMENTATIONS: 'http,pg',
  })
  t.strictSame(switched('@instana/collector', names, '4.31.0'), { INSTANA_DISABLED_TRACERS: 'http,pg' })
  t.strictSame(switched('skywalking-backend-js', names), { SW_AGENT_DISABLE_PLUGINS: 'http,pg' })
  t.strictSame(switched('@sentry/node', ['Http']), { ISOLATE_LEAK_SENTRY_WITHOUT: 'Http' })
  t.strictSame(switched('applicationinsights', ['pg']), { APPLICATION_INSIGHTS_NO_PATCH_MODULES: 'pg' })
  t.strictSame(switched('@appsignal/nodejs', ['pg']), {
    APPSIGNAL_DISABLE_DEFAULT_INSTRUMENTATIONS: '@opentelemetry/instrumentation-pg',
  })
  t.strictSame(switched('@elastic/opentelemetry-node', names), {
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,pg',
  })
  const { APPLICATIONINSIGHTS_CONFIGURATION_CONTENT: azure = '' } = switched('@azure/monitor-opentelemetry', [
    'redis',
    'mySql',
  ])
  t.strictSame(
    JSON.parse(azure),
    {
      enableSendLiveMetrics: false,
      enableLiveMetrics: false,
      instrumentationOptions: {
        redis: { enabled: false },
        redis4: { enabled: false },
        mySql: { enabled: false },
      },
    },
    'what the variable says besides stays',
  )
  t.strictSame(switched('@lumigo/opentelemetry', names), {
    LUMIGO_DISABLE_HTTP_INSTRUMENTATION: 'true',
    LUMIGO_DISABLE_PG_INSTRUMENTATION: 'true',
  })
  const honeycomb = preset('@honeycombio/opentelemetry-node').switches
  t.strictSame(honeycomb?.off(names, '0.7.2'), { ISOLATE_LEAK_HONEYCOMB_WITHOUT: 'http,pg' })
  t.equal(
    honeycomb?.code?.(['pg'], '0.7.2'),
    "new HoneycombSDK({ instrumentations: [getNodeAutoInstrumentations({ '@opentelemetry/instrumentation-pg': { enabled: false } })] })",
  )
})

t.test('switches as the installed packages list them', async t => {
  const instrumentation = (file: string, text: string): NonNullable<Parameters<typeof t.testdir>[0]> => ({
    'package.json': JSON.stringify({ name: 'instrumentation', version: '1.0.0' }),
    ...(file.endsWith('.cjs') ? { dist: { [file]: text } } : { build: { src: { [file]: text } } }),
  })
  const root = t.testdir({
    'dd-trace': {
      packages: {
        'datadog-instrumentations': {
          src: {
            helpers: {
              'hooks.js':
                "module.exports = {\n  http: () => 1,\n  'dns/promises': () => 1,\n  './x.js': () => 1\n}",
            },
          },
        },
      },
    },
    newrelic: {
      lib: {
        config: { 'build-instrumentation-config.js': '//' },
        'instrumentations.js': "  return {\n    '@hapi/hapi': { type: 1 },\n    koa: { module: 1 }\n  }",
        'core-instrumentation.js': 'module.exports = {\n  dns: {\n    type: 1\n  }\n}',
        subscribers: {
          'helper.js': 'const x = {\n  Lambda: [\n] }',
          express: {
            'config.js':
              "const modName = 'connect'\nconst query = {\n  instrumentations: [\n    { channelName: 'x', module: { name: 'pg' } }\n] }\nmodule.exports = {\n  express: [\n] }",
          },
        },
      },
    },
    'newrelic-11': { lib: { 'instrumentations.js': '  return {\n    koa: { module: 1 }\n  }' } },
    'elastic-apm-node': {
      lib: {
        instrumentation: {
          'index.js':
            "var MODULE_PATCHERS = [\n  { modPath: '@redis/client/dist/x.js', diKey: 'redis' },\n  {\n    modPath: 'redis',\n  },\n  { modPath: 'mongodb/lib/x.js', patcher: 'y' },\n];",
        },
      },
    },
    'elastic-apm-node-3': {
      lib: { instrumentation: { 'index.js': "var MODULES = [\n  ['hapi', '@hapi/hapi'],\n  'http'\n]\n" } },
    },
    'skywalking-backend-js': {
      lib: {
        plugins: {
          'PgPlugin.js': "this.module = 'pg';",
          'PgPlugin.d.ts': '',
          'AxiosPlugin.js': "this.module = 'axios';",
        },
      },
    },
    node_modules: {
      '@opentelemetry': {
        'auto-instrumentations-node': {
          'package.json': JSON.stringify({
            name: '@opentelemetry/auto-instrumentations-node',
            version: '0.43.0',
          }),
          dist: {
            'utils.cjs':
              'process.env.OTEL_NODE_DISABLED_INSTRUMENTATIONS; ({ "@opentelemetry/instrumentation-fs": 1, "@opentelemetry/instrumentation-http": 1, "@opentelemetry/instrumentation-pg": 1, "@opentelemetry/instrumentation-redis": 1, "@opentelemetry/instrumentation-koa": 1 });\nconst defaultExcludedInstrumentations = ["@opentelemetry/instrumentation-fs"]',
          },
        },
        'instrumentation-http': instrumentation(
          'http.cjs',
          'new InstrumentationNodeModuleDefinition("http"); new InstrumentationNodeModuleDefinition("https")',
        ),
        'instrumentation-pg': instrumentation(
          'pg.js',
          "new x.InstrumentationNodeModuleDefinition('pg'); new x.InstrumentationNodeModuleDefinition('pg-pool')",
        ),
      },
      '@splunk': {
        otel: {
          lib: {
            instrumentations: {
              'index.js':
                "`OTEL_INSTRUMENTATION_${x}`; [{ create: 1,\n shortName: 'http',\n },{ shortName: 'neo4j',\n },{ shortName: 'socketio',\n },{ shortName: 'httpdc',\n disabledByDefault: true,\n }]",
            },
          },
        },
      },
      '@instana': {
        collector: {},
        core: {
          'package.json': JSON.stringify({ name: '@instana/core', version: '5.5.0' }),
          src: {
            tracing: {
              'index.js':
                "['./instrumentation/protocols/httpServer', './instrumentation/databases/mysql', './instrumentation/messaging/amqp', './instrumentation/cloud/aws-sdk/v2']",
              instrumentation: {
                databases: {
                  'mysql.js': "hook.onModuleLoad('mysql', a); hook.onModuleLoad('mysql2/promise', b)",
                },
                cloud: { 'aws-sdk': { v2: { 'index.js': "hook.onModuleLoad('aws-sdk', a)" } } },
              },
            },
          },
        },
      },
      '@sentry': {
        node: { build: { cjs: { integrations: { 'http.js': 'const INTEGRATION_NAME = "Http";' } } } },
        'server-utils': {
          'package.json': JSON.stringify({ name: '@sentry/server-utils', version: '11.0.0' }),
          build: {
            cjs: {
              integrations: {
                'a.js': "const INTEGRATION_NAME = 'Koa'; const X_INTEGRATION_NAME = 'x'",
                node_modules: { 'b.js': "const INTEGRATION_NAME = 'Not'" },
                b: { 'c.js': "const INTEGRATION_NAME = 'Modules';" },
              },
            },
          },
        },
      },
      '@elastic': {
        'opentelemetry-node': {
          lib: {
            'instrumentations.js':
              "const instrumentationsMap = {\n '@opentelemetry/instrumentation-fs': (cfg) => 1,\n '@opentelemetry/instrumentation-http': (cfg) => 1 };\nconst excludedInstrumentations = new Set(['@opentelemetry/instrumentation-fs']);",
          },
        },
      },
      '@honeycombio': { 'opentelemetry-node': {} },
      '@lumigo': {
        opentelemetry: {
          dist: {
            src: {
              instrumentations: {
                pg: { 'a.js': 'process.env.LUMIGO_DISABLE_PG_INSTRUMENTATION' },
                nest: { 'b.js': 'process.env.LUMIGO_DISABLE_NEST_INSTRUMENTATION' },
              },
            },
          },
        },
      },
      '@appsignal': {
        nodejs: {
          dist: {
            'client.js':
              'const DefaultInstrumentations = {\n "@opentelemetry/instrumentation-http": 1,\n "@prisma/instrumentation": 2 }',
          },
        },
      },
    },
  })
  const at = (...parts: string[]): string => join(root, ...parts)
  const plain = (...names: string[]): Instrumentation[] => names.map(name => ({ name, packages: [name] }))

  t.strictSame(listed('dd-trace', at('dd-trace')), [
    { name: 'http', packages: ['http'] },
    { name: 'dns/promises', packages: ['dns'] },
  ])
  t.strictSame(
    listed('newrelic', at('newrelic')),
    plain('@hapi/hapi', 'koa', 'dns', 'express', 'connect', 'pg'),
  )
  t.strictSame(listed('newrelic', at('newrelic-11')), [], 'older ones have no switches')
  const incoming = { name: 'incoming-http-requests', packages: ['http', 'https', 'http2'] }
  t.strictSame(listed('elastic-apm-node', at('elastic-apm-node')), [
    incoming,
    { name: 'redis', packages: ['@redis/client', 'redis'] },
    { name: 'mongodb', packages: ['mongodb'] },
  ])
  t.strictSame(listed('elastic-apm-node', at('elastic-apm-node-3')), [
    incoming,
    ...plain('hapi', '@hapi/hapi', 'http'),
  ])
  t.strictSame(
    listed(
      '@opentelemetry/auto-instrumentations-node',
      at('node_modules/@opentelemetry/auto-instrumentations-node'),
    ),
    [
      { name: 'http', packages: ['http', 'https'] },
      { name: 'pg', packages: ['pg', 'pg-pool'] },
      { name: 'redis', packages: ['redis', '@redis/client', '@node-redis/client'] },
      { name: 'koa', packages: ['koa'] },
    ],
  )
  t.strictSame(listed('@splunk/otel', at('node_modules/@splunk/otel')), [
    { name: 'http', packages: ['http', 'https'] },
    { name: 'neo4j', packages: ['neo4j-driver'] },
    { name: 'socketio', packages: ['socket.io'] },
  ])
  t.strictSame(listed('@instana/collector', at('node_modules/@instana/collector')), [
    { name: 'httpserver', packages: ['http', 'https'] },
    { name: 'mysql', packages: ['mysql', 'mysql2'] },
    { name: 'amqp', packages: ['amqp'] },
    { name: 'aws-sdk/v2', packages: ['aws-sdk'] },
  ])
  t.strictSame(listed('skywalking-backend-js', at('skywalking-backend-js')), [
    { name: 'Axios', packages: ['axios'] },
    { name: 'Pg', packages: ['pg'] },
  ])
  t.strictSame(listed('@sentry/node', at('node_modules/@sentry/node')), [
    { name: 'Http', packages: ['http', 'https'] },
    { name: 'Koa', packages: ['koa'] },
    { name: 'Modules', packages: [] },
  ])
  t.strictSame(listed('@appsignal/nodejs', at('node_modules/@appsignal/nodejs')), [
    { name: 'http', packages: ['http', 'https'] },
  ])
  t.strictSame(listed('@elastic/opentelemetry-node', at('node_modules/@elastic/opentelemetry-node')), [
    { name: 'http', packages: ['http', 'https'] },
  ])
  t.match(listed('@honeycombio/opentelemetry-node', at('node_modules/@honeycombio/opentelemetry-node')), [
    { name: 'http', packages: ['http', 'https'] },
    { name: 'pg' },
    { name: 'redis' },
    { name: 'koa' },
  ])
  t.strictSame(listed('@lumigo/opentelemetry', at('node_modules/@lumigo/opentelemetry')), [
    { name: 'nest', packages: ['@nestjs/core'] },
    { name: 'pg', packages: ['pg'] },
  ])
  t.match(listed('@azure/monitor-opentelemetry', root), [
    { name: 'http', packages: ['http', 'https'] },
    { name: 'azureSdk' },
  ])
  t.match(listed('applicationinsights', root), [{ name: 'bunyan' }, { name: 'console', packages: [] }])
})

/** How many switches do not depend on what is installed. */
const ALWAYS: Readonly<Record<string, number>> = {
  applicationinsights: 10,
  '@azure/monitor-opentelemetry': 6,
  'elastic-apm-node': 1,
}

t.test('no switches where nothing is installed that has them', async t => {
  const root = t.testdir({})
  for (const one of presets) {
    t.equal(one.switches?.list(root, '').length ?? 0, ALWAYS[one.package] ?? 0, one.package)
  }
})
