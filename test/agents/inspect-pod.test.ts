import { mkdir, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { PodInspection } from '../../lib/agents/inspect/inspection.js'
import { containerStart } from '../../lib/agents/inspect/pod/container-start.js'
import { describePod } from '../../lib/agents/inspect/pod/describe-pod.js'
import { inspectPod } from '../../lib/agents/inspect/pod/inspect-pod.js'
import { parseDocuments, podsOf } from '../../lib/agents/inspect/pod/manifest.js'
import { presets } from '../../lib/agents/presets/index.js'
import { configJson, configModule, inspectionNotes } from '../../lib/cli/inspected-config.js'
import { loadConfig } from '../../lib/cli/load-config.js'
import { main } from '../../lib/cli/main.js'
import { IsolateLeakError } from '../../lib/errors.js'
import { resolveOptions } from '../../lib/run/resolve/resolve-options.js'
import { fakeContext } from '../cli/support/fake-context.js'
import { flat } from '../report/support/sample-reports.js'
import fc from '../support/seeded-fast-check.js'

const folder = await realpath(
  t.testdir({
    shop: {
      'package.json': '{ "name": "shop" }',
      dist: { 'server.js': '', 'worker.js': '' },
      'tracing.cjs': '',
      node_modules: {
        newrelic: {
          'package.json': '{ "name": "newrelic", "version": "13.0.0", "main": "i.js" }',
          'i.js': '',
        },
      },
    },
  }),
)
const shop = join(folder, 'shop')

/** What a manifest is read as, with the files of these names on this machine. */
const read = async (
  text: string,
  { container, files = ['./dist/server.js'] }: { container?: string; files?: readonly string[] } = {},
): Promise<PodInspection> =>
  describePod(
    podsOf('pod.yaml', await parseDocuments('pod.yaml', text)),
    container,
    { file: 'pod.yaml', root: '.', folder: shop, exists: path => files.includes(path) },
    presets,
  )

interface PodParts {
  readonly container?: string
  readonly env?: string
  readonly annotations?: string
  readonly init?: string
  readonly command?: string
}

/** A Deployment as a team writes it, with what an operator adds. */
const deployment = ({ container = '', env = '', annotations = '', init = '', command }: PodParts): string => `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: checkout
  namespace: shop
  annotations: { deployment.kubernetes.io/revision: "3" }
spec:
  replicas: 3
  template:
    metadata:
      labels: { app: checkout }
      annotations:
        prometheus.io/scrape: "true"
${indented(annotations, 8)}
    spec:
      initContainers:
        - name: migrate
          image: registry.example/shop/checkout:1.4.2
          command: [npm, run, migrate]
${indented(init, 8)}
      containers:
        - name: app
          image: registry.example/shop/checkout:1.4.2
          workingDir: /app
          command: ${command ?? '[node, /app/dist/server.js]'}
          ports: [{ containerPort: 3000, name: http, protocol: TCP }]
          env:
            - { name: NODE_ENV, value: production }
${indented(env, 12)}
${indented(container, 10)}
        - name: istio-proxy
          image: docker.io/istio/proxyv2:1.22.0
          args: [proxy, sidecar]
`

const indented = (text: string, by: number): string =>
  text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => ' '.repeat(by) + line)
    .join('\n')

const datadog: PodParts = {
  annotations: 'admission.datadoghq.com/js-lib.version: v5.30.0',
  init: `- name: datadog-lib-js-init
  image: gcr.io/datadoghq/dd-lib-js-init:v5.30.0
  command: [sh, copy-lib.sh, /datadog-lib]
  volumeMounts: [{ name: datadog-auto-instrumentation, mountPath: /datadog-lib }]`,
  env: `- { name: DD_AGENT_HOST, valueFrom: { fieldRef: { fieldPath: status.hostIP } } }
- { name: DD_TRACE_AGENT_URL, value: "http://$(DD_AGENT_HOST):8126" }
- { name: DD_SERVICE, value: checkout }
- { name: NODE_OPTIONS, value: "--max-old-space-size=384 --require=/datadog-lib/node_modules/dd-trace/init.js" }`,
}

const openTelemetry = (image: string): PodParts => ({
  annotations: 'instrumentation.opentelemetry.io/inject-nodejs: "true"',
  init: `- name: opentelemetry-auto-instrumentation-nodejs
  image: ${image}
  command: [cp, -r, /autoinstrumentation/., /otel-auto-instrumentation-nodejs]`,
  env: `- { name: OTEL_RESOURCE_ATTRIBUTES_POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
- { name: NODE_OPTIONS, value: " --require /otel-auto-instrumentation-nodejs/autoinstrumentation.js" }
- { name: OTEL_SERVICE_NAME, value: checkout }
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: "http://collector.observability.svc.cluster.local:4318" }
- { name: OTEL_TRACES_SAMPLER, value: parentbased_always_on }
- { name: OTEL_RESOURCE_ATTRIBUTES, value: "k8s.pod.name=$(OTEL_RESOURCE_ATTRIBUTES_POD_NAME)" }`,
})

const dynatrace: PodParts = {
  annotations: 'oneagent.dynatrace.com/injected: "true"\ndynakube.dynatrace.com/injected: "true"',
  init: '- { name: dynatrace-operator, image: public.ecr.aws/dynatrace/dynatrace-operator:v1.7.0, args: [bootstrap] }',
  env: `- { name: LD_PRELOAD, value: /opt/dynatrace/oneagent-paas/agent/lib64/liboneagentproc.so }
- { name: DT_DEPLOYMENT_METADATA, value: "orchestration_tech=Operator-application_monitoring" }`,
  container: `volumeMounts:
  - { name: dynatrace-codemodules, mountPath: /opt/dynatrace/oneagent-paas, readOnly: true }`,
}

const newRelic: PodParts = {
  init: `- name: nri-nodejs--app
  image: newrelic/newrelic-node-init:latest
  command: [cp, -r, /instrumentation/., /nri-nodejs--app/]`,
  env: `- { name: NODE_OPTIONS, value: "--require /nri-nodejs--app/newrelicinstrumentation.js" }
- { name: NEW_RELIC_APP_NAME, value: checkout }
- { name: NEW_RELIC_LABELS, value: "operator:auto-injection" }
- { name: NEW_RELIC_LICENSE_KEY, valueFrom: { secretKeyRef: { name: newrelic-key-secret, key: new_relic_license_key, optional: true } } }`,
}

const elastic: PodParts = {
  annotations: 'co.elastic.apm/attach: nodejs',
  init: `- name: apm-agent-nodejs
  image: docker.elastic.co/observability/apm-agent-nodejs:4.11.2
  command: [cp, -v, /opt/nodejs/node_modules/elastic-apm-node, /elastic/apm/agent]`,
  env: `- { name: ELASTIC_APM_SECRET_TOKEN, valueFrom: { secretKeyRef: { name: apm-agent-auth, key: secret_token } } }
- { name: ELASTIC_APM_SERVER_URL, value: "http://$(HOST_IP):8200" }
- { name: ELASTIC_APM_ACTIVATION_METHOD, value: K8S }
- { name: NODE_OPTIONS, value: "-r /elastic/apm/agent/elastic-apm-node/start" }`,
}

t.test('the application of a Deployment, without any agent', async t => {
  const found = await read(
    deployment({
      container: `resources: { limits: { memory: 512Mi, cpu: 500m }, requests: { memory: 256Mi } }
readinessProbe: { httpGet: { path: /healthz, port: http } }
envFrom: [{ configMapRef: { name: checkout-config } }, { secretRef: { name: checkout-keys } }]`,
      env: `- { name: CATALOG_URL, value: "http://catalog.shop.svc.cluster.local" }
- { name: GREETING, value: "hello $(NODE_ENV) $$(NODE_ENV) $(UNKNOWN)" }
- { name: CA_FILE, value: /etc/shop/ca.pem }
- { name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: shop-db, key: password } } }
- { name: DB_URL, value: "postgres://shop:$(DB_PASSWORD)@db/shop" }
- { name: ZONE, valueFrom: { configMapKeyRef: { name: zones, key: here } } }`,
    }),
  )
  t.strictSame(found.pod, {
    kind: 'Deployment',
    name: 'checkout',
    container: 'app',
    image: 'registry.example/shop/checkout:1.4.2',
  })
  t.strictSame(found.entry, {
    file: './dist/server.js',
    command: null,
    args: [],
    cwd: '.',
    nodeArgs: [],
    port: 3000,
    env: {
      CATALOG_URL: 'http://catalog.shop.svc.cluster.local',
      CA_FILE: '/etc/shop/ca.pem',
      GREETING: 'hello production $(NODE_ENV) $(UNKNOWN)',
      NODE_ENV: 'production',
    },
  })
  t.strictSame(found.agents, [])
  t.equal(found.probePath, '/healthz')
  t.strictSame(found.fromCluster, [
    { name: 'DB_PASSWORD', from: 'secret shop-db, key password' },
    { name: 'DB_URL', from: 'made of DB_PASSWORD' },
    { name: 'ZONE', from: 'config map zones, key here' },
  ])
  const notes = found.notes.join('\n')
  t.match(notes, /memory limit of the container \(512Mi\).* '--max-old-space-size=256' in entry\.nodeArgs/)
  t.match(notes, /limit of 500m CPU/)
  t.match(notes, /all variables of config map checkout-config and secret checkout-keys/)
  t.match(notes, /Paths in the container, .*: CA_FILE\./)
  t.match(notes, /services in the cluster, .*: CATALOG_URL\./)
  t.notMatch(notes, /is not there|several ports|PORT is left out|version of/)
  const text = configModule(found)
  t.match(text, /TODO DB_PASSWORD: secret shop-db, key password/)
  t.match(text, /port: 3000,/)
  t.match(text, /workload: http\(\{ path: '\/healthz' \}\),/)
})

t.test('agents that operators put beside it', async t => {
  const only = async (parts: PodParts): Promise<[PodInspection['agents'][number], PodInspection]> => {
    const found = await read(deployment(parts))
    t.equal(found.agents.length, 1, JSON.stringify(found.agents))
    return [found.agents[0]!, found]
  }
  const [dd, ofDatadog] = await only(datadog)
  t.match(dd, {
    ...{ name: 'dd-trace', preset: 'dd-trace', presetFollows: true, install: 'dd-trace@5.30.0' },
    ...{ require: [], env: { DD_SERVICE: 'checkout' } },
    seen: [
      'NODE_OPTIONS',
      'init container datadog-lib-js-init',
      'annotation admission.datadoghq.com/js-lib.version',
    ],
  })
  t.equal(ofDatadog.entry.env.NODE_OPTIONS, '--max-old-space-size=384')
  t.strictSame(ofDatadog.leftOut.variables, ['DD_AGENT_HOST', 'DD_TRACE_AGENT_URL'])
  t.strictSame(ofDatadog.fromCluster, [])

  const image = 'ghcr.io/open-telemetry/opentelemetry-operator/autoinstrumentation-nodejs'
  const [otel, ofOtel] = await only(openTelemetry(`${image}:0.78.0-5`))
  t.match(otel, { install: '@opentelemetry/auto-instrumentations-node@0.78.0', presetFollows: true })
  t.strictSame(otel.env, { OTEL_TRACES_SAMPLER: 'parentbased_always_on' })
  t.notOk('NODE_OPTIONS' in ofOtel.entry.env)
  t.notMatch(ofOtel.notes.join(), /version/)
  const [older, ofOlder] = await only(openTelemetry(`${image}:0.41.1`))
  t.equal(older.install, '@opentelemetry/auto-instrumentations-node', 'the tag was the version of the SDK')
  t.match(ofOlder.notes.join(), /version of @opentelemetry\/auto-instrumentations-node does not show/)
  const ofOthers = [
    ['ghcr.io/signalfx/splunk-otel-js/splunk-otel-js:v3.1.2', '@splunk/otel@3.1.2'],
    ['docker.elastic.co/observability/elastic-otel-node:1.2.0', '@elastic/opentelemetry-node@1.2.0'],
    ['registry.example:5000/own/tracing:1.0.0', '@opentelemetry/auto-instrumentations-node'],
  ] as const
  for (const [other, install] of ofOthers) t.equal((await only(openTelemetry(other)))[0].install, install)

  const [one] = await only(dynatrace)
  t.match(one, { name: 'oneagent', preset: 'oneagent', presetFollows: false, install: null })
  t.equal(one.env.LD_PRELOAD, '/opt/dynatrace/oneagent-paas/agent/lib64/liboneagentproc.so')
  const [relic, ofRelic] = await only(newRelic)
  t.match(relic, { install: 'newrelic', env: { NEW_RELIC_LABELS: 'operator:auto-injection' } })
  t.match(ofRelic.notes.join(), /version of newrelic does not show/)
  t.strictSame(ofRelic.fromCluster, [], 'its preset has a key of its own')
  const [apm] = await only(elastic)
  t.match(apm, { install: 'elastic-apm-node@4.11.2', env: { ELASTIC_APM_ACTIVATION_METHOD: 'K8S' } })

  for (const parts of [datadog, openTelemetry(`${image}:0.78.0`), dynatrace, newRelic, elastic])
    t.notMatch((await read(deployment(parts))).notes.join(), /nothing that shows attaches it/)
})

t.test('a Deployment that only asks for an agent, and its twin that does not', async t => {
  const asked = [
    ['admission.datadoghq.com/js-lib.version: v5', 'dd-trace@5'],
    ['admission.datadoghq.com/js-lib.version: latest', 'dd-trace'],
    [
      'instrumentation.opentelemetry.io/inject-nodejs: "observability/node"',
      '@opentelemetry/auto-instrumentations-node',
    ],
    ['co.elastic.apm/attach: nodejs', 'elastic-apm-node'],
  ] as const
  for (const [annotations, install] of asked) {
    const found = await read(deployment({ annotations }))
    t.match(found.agents, [{ install }], annotations)
    t.match(found.notes.join(), /give it (?:that of the pod|the version that it logs)/)
  }
  for (const annotations of [
    'admission.datadoghq.com/java-lib.version: v1.30.0',
    'instrumentation.opentelemetry.io/inject-nodejs: "false"',
    'instrumentation.opentelemetry.io/inject-java: "true"',
    'co.elastic.apm/attach: java',
    'oneagent.dynatrace.com/inject: "true"',
  ])
    t.strictSame((await read(deployment({ annotations }))).agents, [], annotations)
  const metadata = deployment({ init: '- { name: dynatrace-operator, image: dynatrace-operator:v1.7.0 }' })
  t.strictSame((await read(metadata)).agents, [], 'it also only adds metadata')
})

t.test('agents of the image', async t => {
  const options = [
    '--require /app/tracing.cjs -r newrelic --import=/app/node_modules/tsx/dist/loader.mjs',
    '--require /opt/extra/node_modules/other-agent/hook.js --import /opt/own/start.mjs --inspect=0.0.0.0:9229',
  ]
  const found = await read(
    deployment({
      env: `- { name: NODE_OPTIONS, value: "${options.join(' ')}" }
- { name: LD_PRELOAD, value: "/usr/lib/libjemalloc.so.2 /opt/vendor/libvendor.so.1" }`,
    }),
  )
  t.match(found.agents, [
    { name: 'tracing', preset: null, require: ['./tracing.cjs'] },
    { name: 'newrelic', preset: 'newrelic', presetFollows: true, install: null, require: ['newrelic'] },
    { name: 'other-agent', install: 'other-agent', require: ['other-agent/hook.js'] },
    { name: 'start', preset: null, import: ['/opt/own/start.mjs'] },
    { name: 'libvendor', env: { LD_PRELOAD: '/usr/lib/libjemalloc.so.2:/opt/vendor/libvendor.so.1' } },
  ])
  t.equal(found.agents.length, 5)
  t.equal(found.entry.env.NODE_OPTIONS, '--import=./node_modules/tsx/dist/loader.mjs')
  t.equal(found.entry.env.LD_PRELOAD, '/usr/lib/libjemalloc.so.2')
  t.match(found.notes.join('\n'), /start is a file in the container \(\/opt\/own\/start\.mjs\)/)
  t.match(found.notes.join('\n'), /libvendor is a file in the container/)
  t.notMatch(found.notes.join('\n'), /tracing is a file in the container/)
})

t.test('what a container starts', async t => {
  const started = (...words: readonly string[]): unknown => {
    const { node, command } = containerStart(words, [])
    return node ?? command
  }
  t.strictSame(started('node', 'x.js', '-v'), ['x.js', '-v'])
  t.strictSame(started('/usr/local/bin/node', '--import', 'a', 'x.js'), ['--import', 'a', 'x.js'])
  t.strictSame(started('tini', '-g', '--', 'node', 'x.js'), ['x.js'])
  t.strictSame(started('dumb-init', '--rewrite', '15:2', '--', 'node', 'x.js'), ['x.js'])
  t.strictSame(started('docker-entrypoint.sh', 'x.js'), ['x.js'])
  t.strictSame(started('sh', '-c', 'exec node x.js --a'), ['x.js', '--a'])
  t.strictSame(started('npm', 'start'), ['npm', 'start'])
  t.strictSame(started('/app/node_modules/.bin/next', 'start'), ['next', 'start'])
  t.strictSame(started('sh', '-c', 'node x.js "$PORT"'), ['sh', '-c', 'node x.js "$PORT"'])
  t.match(containerStart(['/bin/sh', '-ec'], ['set -e\nnpm run migrate\nNODE_ENV=test exec node x.js\n']), {
    node: ['x.js'],
    env: { NODE_ENV: 'test' },
    isAfterOthers: true,
  })
  t.match(containerStart([], ['--enable-source-maps', 'x.js']), { node: ['--enable-source-maps', 'x.js'] })
  t.match(containerStart([], []), { node: null, command: null, isAfterOthers: false })
  const npm = await read(
    deployment({ command: '[npm, start]', container: 'resources: {limits: {memory: 1Gi}}' }),
  )
  t.match(npm.entry, { file: null, command: ['npm', 'start'], nodeArgs: [] })
  t.match(npm.notes.join(), /'--max-old-space-size=512' in NODE_OPTIONS of entry\.env/)
  t.match(configModule(npm), /command: \['npm', 'start'\],/)
  const ofImage = await read(deployment({ command: '[]' }))
  t.equal(ofImage.entry.file, null)
  t.match(ofImage.notes.join(), /by its image \(registry\.example\/shop\/checkout:1\.4\.2\)/)
})

t.test('paths of the container on this machine', async t => {
  const file = async (container: string, files: readonly string[] = []): Promise<PodInspection> =>
    read(`{kind: Pod, metadata: {name: x}, spec: {containers: [{name: app, ${container}}]}}`, { files })
  const path = async (container: string, files?: readonly string[]): Promise<string | null> =>
    (await file(container, files)).entry.file
  t.equal(await path('command: [node, dist/server.js]'), './dist/server.js')
  t.equal(await path('workingDir: /srv/shop/, command: [node, /srv/shop/dist/a.js]'), './dist/a.js')
  t.equal(await path('command: [node, /srv/shop/dist/a.js]', ['./dist/a.js']), './dist/a.js', 'it is there')
  t.equal(await path('command: [node, /usr/src/app/dist/a.js]'), './dist/a.js', 'where images have it')
  t.equal(await path('command: [node, /srv/shop/dist/a.js]'), './shop/dist/a.js')
  t.match((await file('command: [node, /app/a.js]')).notes.join(), /\.\/a\.js is not there/)
  t.notMatch((await file('command: [node, /app/a.js]', ['./a.js'])).notes.join(), /is not there/)
})

t.test('ports', async t => {
  const port = async (container: string): Promise<readonly [number | null, boolean, string]> => {
    const { entry, notes } = await read(
      `{kind: Pod, metadata: {name: x}, spec: {containers: [{name: app, command: [node, x.js], ${container}}]}}`,
    )
    return [entry.port, 'PORT' in entry.env, notes.join()]
  }
  const two = 'ports: [{containerPort: 80, name: web}, {containerPort: 9090}]'
  t.match(await port('ports: [{containerPort: 80}]'), [80, false])
  t.match(await port('ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}]'), [80, false])
  t.match(await port(two), [null, false, /several ports \(80, 9090\)/])
  t.match(await port(`${two}, readinessProbe: {httpGet: {port: web}}`), [80, false])
  t.match(await port(`${two}, readinessProbe: {httpGet: {port: 9090}}`), [9090, false])
  const told = 'ports: [{containerPort: 80}], env: [{name: PORT, value: "80"}]'
  t.match(await port(told), [null, false, /PORT is left out/])
  t.match(await port(told.replace('"80"', '"81"')), [80, true])
})

t.test('which container', async t => {
  const pod = (containers: string): string =>
    `{kind: Pod, metadata: {name: x}, spec: {containers: [${containers}]}}`
  const node = '{name: a, command: [node, a.js]}'
  t.equal((await read(pod(`${node}, {name: b, image: "envoy:1"}`))).pod.container, 'a')
  t.equal(
    (await read(pod('{name: a, env: [{name: NODE_OPTIONS, value: ""}]}, {name: b}'))).pod.container,
    'a',
  )
  t.equal((await read(pod('{name: a, image: "node:22-alpine"}, {name: b}'))).pod.container, 'a')
  const both = pod(`${node}, {name: b, command: [node, b.js]}`)
  await t.rejects(read(both), { code: 'ERR_OPTION_INVALID', message: /more than one .*x\/a, x\/b/ })
  t.equal((await read(both, { container: 'b' })).pod.container, 'b')
  t.equal((await read(both, { container: 'x/b' })).pod.container, 'b')
  await t.rejects(read(both, { container: 'c' }), {
    code: 'ERR_OPTION_INVALID',
    message: /x\/a, x\/b\), got 'c'/,
  })
  const none = pod('{name: web, image: "nginx:1.27"}, {name: job, command: [python, x.py]}')
  await t.rejects(read(none), { code: 'ERR_PROCESS_NOT_NODE', message: /x\/web, x\/job/ })
  t.equal((await read(none, { container: 'web' })).entry.file, null)

  const replica = (name: string, image: string): string =>
    `- {kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: a, image: ${image}, command: [node, a.js]}]}}`
  const list = (...items: readonly string[]): string => `kind: List\nitems:\n${items.join('\n')}\n`
  t.equal((await read(list(replica('x-1', 'x'), replica('x-2', 'x')))).pod.name, 'x-1', 'they are the same')
  await t.rejects(read(list(replica('x-1', 'x'), replica('y-1', 'y'))), { code: 'ERR_OPTION_INVALID' })
})

t.test('every kind that makes pods', async t => {
  const spec = '{spec: {containers: [{name: a, command: [node, a.js]}]}}'
  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'])
    t.match((await read(`{kind: ${kind}, spec: {template: ${spec}}}`)).pod, { kind, name: null })
  t.match((await read(`{kind: CronJob, spec: {jobTemplate: {spec: {template: ${spec}}}}}`)).pod, {
    kind: 'CronJob',
  })
  const several = `kind: Service\n---\n{kind: Job, metadata: {generateName: j-}, spec: {template: ${spec}}}\n---\nkind: ConfigMap\n`
  t.match((await read(several)).pod, { kind: 'Job', name: 'j-' })
  const shared = `x: &a {name: a}\nkind: Pod\nspec: {containers: [{<<: *a, command: [node, a.js]}]}`
  t.match((await read(shared)).pod, { container: 'a' }, 'what is merged')
})

t.test('what is none', async t => {
  const fails = async (t: Test, text: string, message: RegExp, code = 'ERR_CONFIG'): Promise<void> => {
    await t.rejects(read(text), { code, message }, text.slice(0, 40))
  }
  await fails(t, 'a: [', /is no YAML: \w+ in line 1, column 5/)
  await fails(t, '', /got nothing that has a kind/)
  await fails(t, 'kind: Service\n---\nkind: hunter22222\n', /one of Pod, .* got Service$/)
  await fails(t, '['.repeat(3_000) + ']'.repeat(3_000), /nested more than 100/)
  await fails(t, '- '.repeat(3_000), /nested more than 100/)
  const laughs = Array.from(
    { length: 8 },
    (_, at) =>
      `a${String(at + 1)}: &a${String(at + 1)} [${Array(9)
        .fill(`*a${String(at)}`)
        .join()}]`,
  )
  await fails(t, `a0: &a0 [x]\n${laughs.join('\n')}`, /aliases/)
  await fails(t, 'kind: *nothing', /BAD_ALIAS|aliases/)
  await fails(t, '{kind: Pod, spec: {containers: &a [*a]}}', /no container/, 'ERR_PROCESS_NOT_NODE')
  const doubling = Array.from(
    { length: 60 },
    (_, at) => `{name: A${String(at)}, value: "$(A${String(at - 1)})$(A${String(at - 1)})x"}`,
  )
  const grown = await read(
    `{kind: Pod, spec: {containers: [{name: a, command: [node, a.js], env: [${doubling.join()}]}]}}`,
  )
  t.ok(configModule(grown).length < 20_000_000)

  await t.rejects(inspectPod(join(folder, 'none.yaml')), { code: 'ERR_CONFIG', message: /there is no file/ })
  await t.rejects(inspectPod(folder), { code: 'ERR_CONFIG', message: /cannot be read/ })
  await writeFile(join(folder, 'large.yaml'), `# ${'x'.repeat(2_000_000)}`)
  await t.rejects(inspectPod(join(folder, 'large.yaml')), { code: 'ERR_CONFIG', message: /more than 2 MB/ })
  const wrong = { container: 1 } as never
  await t.rejects(inspectPod(join(folder, 'large.yaml'), wrong), { code: 'ERR_OPTION_INVALID' })
  const unknown = { folder: '.' } as never
  await t.rejects(inspectPod(join(folder, 'large.yaml'), unknown), { code: 'ERR_OPTION_INVALID' })
})

t.test('no secret is written', async t => {
  const secret = 'tr0ub4dor-and-3'
  const text = deployment({
    annotations: `admission.datadoghq.com/js-lib.version: "${secret}"\nkubectl.kubernetes.io/last-applied: "${secret}"`,
    command: `[node, --title=${secret}, /app/dist/server.js, --token, ${secret}, "--url=https://u:${secret}@h/"]`,
    env: `- { name: SESSION_SECRET, value: ${secret} }
- { name: COPY, value: "of ${secret}" }
- { name: DD_API_KEY, value: ${secret} }
- { name: LIBRARY, value: "/x/${secret}.so" }
- { name: NODE_OPTIONS, value: "--require /opt/${secret}/a.js --import=data:text/javascript,${secret} --trace-event-categories ${secret}" }`,
    container: `readinessProbe: { httpGet: { path: "/up?token=${secret}", port: 3000, httpHeaders: [{ name: X, value: ${secret} }] } }
envFrom: [{ secretRef: { name: fine } }]`,
  })
  const found = await read(text)
  const written = [
    configModule(found),
    configJson(found),
    inspectionNotes(found),
    JSON.stringify(found),
  ].join()
  t.notMatch(written, secret)
  t.match(found.leftOut.secrets, ['COPY', 'DD_API_KEY', 'LIBRARY', 'SESSION_SECRET'])
  t.equal(found.probePath, null)
  const harmless = text
    .replaceAll(secret, 'harmless')
    .replace(/SESSION_SECRET|DD_API_KEY|--token/g, '--level')
  t.match(configModule(await read(harmless)), /require: '\/opt\/harmless\/a\.js'/, 'its twin')
  for (const broken of [
    `a: ["${secret}`,
    `!!${secret} [`,
    `kind: *${secret}`,
    `"\\x ${secret}"`,
    `kind: ${secret}`,
  ]) {
    const error: unknown = await read(broken).catch((thrown: unknown) => thrown)
    t.ok(error instanceof IsolateLeakError, broken)
    t.notMatch(String(error) + String((error as Error).cause), secret)
  }
})

t.test('any text gives an answer or an error with a code', async t => {
  const word = fc.constantFrom(
    ...[
      'kind',
      'Pod',
      'List',
      'items',
      'spec',
      'containers',
      'name',
      'command',
      'args',
      'env',
      'value',
      'valueFrom',
    ],
    ...[
      'node',
      'sh',
      '-c',
      'NODE_OPTIONS',
      '--require /a/node_modules/b',
      '$(A)',
      'ports',
      'containerPort',
      '<<',
    ],
  )
  const value = fc.letrec(tie => ({
    any: fc.oneof(
      { maxDepth: 6 },
      word,
      fc.jsonValue(),
      fc.array(tie('any')),
      fc.dictionary(word, tie('any')),
    ),
  })).any
  const container = fc.record(
    {
      name: fc.constant('name'),
      ...{
        image: value,
        workingDir: value,
        ports: value,
        readinessProbe: value,
        resources: value,
        envFrom: value,
      },
      command: fc.oneof(fc.array(fc.oneof(word, fc.string())), value),
      args: fc.oneof(fc.array(fc.oneof(word, fc.string())), value),
      env: fc.array(
        fc.oneof(fc.record({ name: fc.oneof(word, fc.string()), value: fc.oneof(word, fc.string()) }), value),
      ),
    },
    { requiredKeys: ['name'] },
  )
  const pod = fc.record({
    kind: fc.constant('Pod'),
    metadata: value,
    spec: fc.record({ containers: fc.tuple(container), initContainers: value }),
  })
  const yaml = fc.array(
    fc.oneof(
      word,
      fc.constantFrom(': ', '- ', '\n', '  ', '[', ']', '{', '}', '&a ', '*a', '"', '|', '#', '? ', '\t'),
    ),
  )
  const text = fc.oneof(
    fc.string(),
    yaml.map(parts => parts.join('')),
    pod.map(one => JSON.stringify(one)),
  )
  let pods = 0
  await fc.assert(
    fc.asyncProperty(text, async manifest => {
      try {
        const found = await read(manifest, { container: 'name' }).catch(async () => read(manifest))
        for (const one of [configModule(found), configJson(found), inspectionNotes(found)])
          t.type(one, 'string')
        pods += 1
      } catch (error) {
        if (!(error instanceof IsolateLeakError)) throw error
      }
    }),
    { numRuns: 200 },
  )
  t.ok(pods > 20, `${String(pods)} were pods`)
})

t.test('the config is loaded as it is written', async t => {
  await mkdir(join(folder, 'config'), { recursive: true })
  const manifest = join(folder, 'pod.yaml')
  await writeFile(
    manifest,
    deployment({
      container: 'readinessProbe: { httpGet: { path: /healthz, port: 3000 } }',
      env: `- { name: NODE_OPTIONS, value: "--max-old-space-size=384 -r newrelic --require /app/tracing.cjs" }
- { name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: "x\\nexport default 1", key: password } } }
- { name: QUOTES, value: "it's \\"so\\" \\\\ \\n" }`,
    }),
  )
  for (const [name, more] of [
    ['leak.mjs', []],
    ['leak.json', ['--json']],
  ] as const) {
    const run = fakeContext(() => {
      throw new Error('nothing is to be run')
    })
    t.equal(await main(['inspect', '--pod', manifest, '--root', shop, ...more], run), 0)
    await writeFile(join(folder, 'config', name), run.stdout.text)
    const context = { cwd: () => join(folder, 'config'), chdir: () => undefined }
    const config = await loadConfig(join(folder, 'config', name), context)
    t.match(config.workload, { kind: 'http', options: { path: '/healthz' } })
    const options = await resolveOptions(config)
    t.match(options.entry, {
      ...{ file: join(shop, 'dist', 'server.js'), cwd: shop, port: 3000 },
      env: { NODE_ENV: 'production', NODE_OPTIONS: '--max-old-space-size=384', QUOTES: 'it\'s "so" \\ \n' },
    })
    t.strictSame(
      options.agents.map(agent => [agent.name, agent.require, agent.preset?.package]),
      [
        ['newrelic', [join(shop, 'node_modules/newrelic/i.js')], 'newrelic'],
        ['tracing', [join(shop, 'tracing.cjs')], undefined],
      ],
    )
  }
})

t.test('failures of the command', async t => {
  for (const [args, status, message] of [
    [['inspect', '--pod'], 64, /argument missing/],
    [['inspect', '--pod', 'nowhere.yaml'], 64, /there is no file .*nowhere\.yaml \(ERR_CONFIG\)/],
    [['inspect', '--container', 'a'], 64, /expected the number of a process, or --pod/],
    [['inspect', '1', '--container', 'a'], 64, /--container and --root need --pod/],
    [['inspect', '1', '--pod', 'x.yaml'], 64, /a process or --pod, not both/],
  ] as const) {
    const context = fakeContext(() => {
      throw new Error('nothing is to be run')
    })
    t.equal(await main(args, context), status, args.join(' '))
    t.match(flat(context.stderr.text), message)
  }
})
