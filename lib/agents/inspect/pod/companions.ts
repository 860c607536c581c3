import semver from 'semver'
import { type Fields, fieldsOf, listOf, type ManifestPod, textOf } from './manifest.js'

/** An agent that something in the cluster puts beside the application. */
export interface Companion {
  /** Name of the preset, which is that of its package. */
  readonly preset: string
  /** As the option `package` takes it; `null`: it is a library that is no package. */
  readonly install: string | null
  /** Where it was seen. */
  readonly seen: readonly string[]
  /** What to look at; a sentence. */
  readonly note: string | null
  /** Whether a file that is preloaded, or a library, is what it puts there. */
  readonly brings: (path: string) => boolean
}

/** What the agent of an image is: name of its package, and of which tags it is the version (range). */
interface ImagePackage {
  readonly package: string
  readonly tags: string | null
}

/** Something in a cluster that attaches an agent to pods, as its sources and documentation say. */
interface Injector {
  /** The package where no image tells another. */
  readonly package: string
  /** Names of the init container that brings the files. */
  readonly initContainer: RegExp
  /** Files and libraries that it preloads. */
  readonly paths: RegExp
  /** Annotations of the pod that ask for it, or tell of it, with the value that they have then. */
  readonly annotations: Readonly<Record<string, RegExp>>
  /** The annotation whose value is a version. */
  readonly versionIn?: string
  /** Packages of images, by the end of their name. */
  readonly images: Readonly<Record<string, ImagePackage>>
  /** What the files are mounted as, where that alone tells. */
  readonly mounted?: RegExp
  /** It is no package: the library itself is what production has. */
  readonly isLibrary?: boolean
}

const ANY = '*'

const INJECTORS: readonly Injector[] = [
  {
    // Datadog's admission controller.
    package: 'dd-trace',
    initContainer: /^datadog-lib-js-init$/,
    paths: /^\/datadog-lib\/|\/datadog-apm-inject\/.*launcher\.preload\.so$/,
    annotations: { 'admission.datadoghq.com/js-lib.version': /./ },
    versionIn: 'admission.datadoghq.com/js-lib.version',
    images: { 'dd-lib-js-init': { package: 'dd-trace', tags: ANY } },
  },
  {
    // The OpenTelemetry operator, with the images of those who build on it.
    package: '@opentelemetry/auto-instrumentations-node',
    initContainer: /^opentelemetry-auto-instrumentation-nodejs/,
    paths: /^\/otel-auto-instrumentation-nodejs/,
    annotations: { 'instrumentation.opentelemetry.io/inject-nodejs': /^(?!false$)./ },
    images: {
      // Before, tags were versions of the SDK in it.
      'autoinstrumentation-nodejs': {
        package: '@opentelemetry/auto-instrumentations-node',
        tags: '>=0.53.0',
      },
      'splunk-otel-js': { package: '@splunk/otel', tags: ANY },
      'elastic-otel-node': { package: '@elastic/opentelemetry-node', tags: ANY },
    },
  },
  {
    // New Relic's k8s-agents-operator. Tags of its images are not known to be versions of the agent.
    package: 'newrelic',
    initContainer: /^(?:newrelic-instrumentation-nodejs|nri-nodejs--.*)$/,
    paths: /\/newrelicinstrumentation\.js$/,
    annotations: { 'instrumentation.newrelic.com/inject-nodejs': /^(?!false$)./ },
    images: { 'newrelic-node-init': { package: 'newrelic', tags: null } },
  },
  {
    // Elastic's APM attacher.
    package: 'elastic-apm-node',
    initContainer: /^apm-agent-nodejs$/,
    paths: /^\/elastic\/apm\/agent\//,
    annotations: { 'co.elastic.apm/attach': /^nodejs$/ },
    images: { 'apm-agent-nodejs': { package: 'elastic-apm-node', tags: ANY } },
  },
  {
    // Dynatrace's operator, whose init container is also there where it only adds metadata.
    package: 'oneagent',
    initContainer: /^(?!)$/,
    paths: /\/liboneagentproc\.so$/,
    annotations: { 'oneagent.dynatrace.com/injected': /^true$/ },
    images: {},
    mounted: /^\/opt\/dynatrace\/oneagent-paas\/?$/,
    isLibrary: true,
  },
]

/**
 * The agents that are put beside a container, or that the pod asks for.
 * @param preloaded paths of files and libraries that are preloaded, with where that is said
 */
export function companionsOf(
  { annotations, spec }: ManifestPod,
  container: Fields,
  preloaded: readonly { readonly path: string; readonly seen: string }[],
): readonly Companion[] {
  const inits = listOf(spec['initContainers']).map(fieldsOf)
  const mounts = listOf(container['volumeMounts']).map(mount => textOf(fieldsOf(mount)['mountPath']) ?? '')
  return INJECTORS.flatMap(injector => {
    const init = inits.find(one => injector.initContainer.test(textOf(one['name']) ?? ''))
    const asked = Object.entries(injector.annotations)
      .filter(([name, value]) => value.test(textOf(annotations[name]) ?? ''))
      .map(([name]) => `annotation ${name}`)
    const isMounted = mounts.some(path => injector.mounted?.test(path) === true)
    const seen = [
      ...preloaded.filter(({ path }) => injector.paths.test(path)).map(one => one.seen),
      ...(init === undefined ? [] : [`init container ${textOf(init['name']) ?? ''}`]),
      ...asked,
      ...(isMounted ? ['a volume'] : []),
    ]
    if (seen.length === 0) return []
    const wanted = injector.versionIn === undefined ? undefined : textOf(annotations[injector.versionIn])
    return [
      {
        ...packageOf(injector, textOf(init?.['image']) ?? null, wanted),
        seen: [...new Set(seen)],
        brings: (path: string) => injector.paths.test(path),
      },
    ]
  })
}

function packageOf(
  injector: Injector,
  image: string | null,
  annotated: string | undefined,
): Pick<Companion, 'preset' | 'install' | 'note'> {
  if (injector.isLibrary === true) return { preset: injector.package, install: null, note: null }
  const { repository, tag } = partsOf(image ?? '')
  const known = Object.hasOwn(injector.images, repository) ? injector.images[repository] : undefined
  const name = known?.package ?? injector.package
  // An image of which nothing is known may hold another agent.
  const range = image === null ? ANY : (known?.tags ?? null)
  const version = versionOf(image === null ? annotated : tag, range)
  return {
    preset: name,
    install: version === null ? name : `${name}@${version}`,
    note: noteOn(name, version),
  }
}

function noteOn(name: string, version: string | null): string | null {
  if (version === null)
    return `The version of ${name} does not show: give it that of the pod, as in package: '${name}@1.2.3'; the newest is not what production runs.`
  return semver.valid(version) === null
    ? `${name}@${version} is what the pod asks for, whatever that was when it started: give it the version that it logs.`
    : null
}

/** `registry:5000/team/name:v1.2.3@sha256:…` */
function partsOf(image: string): { readonly repository: string; readonly tag: string | undefined } {
  const [, repository = '', tag] = /^(?:.*\/)?([^/:@]+)(?::([^/@]+))?(?:@.*)?$/.exec(image) ?? []
  return { repository, tag }
}

/** `v5.30.0`, `5` and `0.78.0-5`, the fifth build of an image with 0.78.0. */
function versionOf(tag: string | undefined, range: string | null): string | null {
  const [, version] = /^v?(\d+(?:\.\d+){0,2})(?:-\d+)?$/.exec(tag ?? '') ?? []
  if (version === undefined || range === null) return null
  const coerced = semver.coerce(version)
  return coerced !== null && semver.satisfies(coerced, range) ? version : null
}
