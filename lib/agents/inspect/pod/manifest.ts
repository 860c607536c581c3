import { createReadStream } from 'node:fs'
import { IsolateLeakError } from '../../../errors.js'

/** A pod as a manifest has it: its own, or the template of something that makes pods. */
export interface ManifestPod {
  /** `Deployment`, `Pod` and the like. */
  readonly kind: string
  readonly name: string | null
  readonly annotations: Fields
  readonly spec: Fields
}

/** An object of a manifest, of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>

/** Where the pod is in each kind that has one. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
}

const MOST_BYTES = 2_000_000
/** Levels of a document; those of Kubernetes have about 15. Deeper ones exhaust the stack. */
const DEEPEST = 100
/** How often aliases may be followed in a document, so that a small file cannot become a large one. */
const MOST_ALIASES = 100

/**
 * The pods in a manifest: YAML or JSON, documents and lists included.
 * @throws IsolateLeakError `ERR_CONFIG` when it cannot be read, is no YAML, or has none
 */
export async function readManifest(file: string): Promise<readonly ManifestPod[]> {
  return podsOf(file, await parseDocuments(file, await readBounded(file)))
}

/** Also of a pipe, of which the size is not known. */
async function readBounded(file: string): Promise<string> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of createReadStream(file, { end: MOST_BYTES })) chunks.push(chunk as Buffer)
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw notAManifest(isMissing ? `there is no file ${file}` : `${file} cannot be read`, cause)
  }
  const bytes = Buffer.concat(chunks)
  if (bytes.length <= MOST_BYTES) return bytes.toString('utf8')
  throw notAManifest(
    `${file} has more than ${String(MOST_BYTES / 1_000_000)} MB: give it the one that is meant`,
  )
}

/** @param file for messages, which tell nothing of the text: it may hold secrets */
export async function parseDocuments(file: string, text: string): Promise<readonly unknown[]> {
  const { Composer, LineCounter, Parser } = await import('yaml')
  const lines = new LineCounter()
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  if (isDeeper(tokens, DEEPEST))
    throw notAManifest(`${file} is nested more than ${String(DEEPEST)} levels deep`)
  // Names are not compared with all others, which takes minutes where there are many; warnings go nowhere.
  const composer = new Composer({ merge: true, uniqueKeys: false, prettyErrors: false, logLevel: 'error' })
  return [...composer.compose(tokens)].map(document => {
    const [error] = document.errors
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0])
      throw notAManifest(`${file} is no YAML: ${error.code} in line ${String(line)}, column ${String(col)}`)
    }
    try {
      return document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown
    } catch {
      throw notAManifest(
        `${file} has aliases that lead nowhere, or follows more than ${String(MOST_ALIASES)}`,
      )
    }
  })
}

/** Whether the syntax is nested deeper, told without recursion. */
function isDeeper(tokens: readonly object[], levels: number): boolean {
  let level: readonly object[] = tokens
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true
    level = level.flatMap(within)
  }
  return false
}

function within(token: object): object[] {
  const { value, items } = token as { readonly value?: unknown; readonly items?: unknown }
  const pairs = listOf(items).flatMap(pair => [fieldsOf(pair)['key'], fieldsOf(pair)['value']])
  return [value, ...pairs].filter(one => typeof one === 'object' && one !== null)
}

/** @throws IsolateLeakError `ERR_CONFIG` when there is no pod */
export function podsOf(file: string, documents: readonly unknown[]): readonly ManifestPod[] {
  const objects = documents.flatMap(document => {
    const fields = fieldsOf(document)
    return /List$/.test(textOf(fields['kind']) ?? '') ? listOf(fields['items']).map(fieldsOf) : [fields]
  })
  const pods = objects.flatMap(podOf)
  if (pods.length > 0) return pods
  // What stands there may be anything, also a secret.
  const kinds = objects
    .map(({ kind }) => textOf(kind) ?? '')
    .filter(kind => /^[A-Z][A-Za-z]{1,40}$/.test(kind))
  const got = kinds.length === 0 ? 'nothing that has a kind' : [...new Set(kinds)].slice(0, 5).join(', ')
  throw notAManifest(`${file} should have one of ${Object.keys(PATHS).join(', ')}, got ${got}`)
}

function podOf(object: Fields): ManifestPod[] {
  const kind = textOf(object['kind']) ?? ''
  const path = Object.hasOwn(PATHS, kind) ? PATHS[kind] : undefined
  if (path === undefined) return []
  const pod = path.reduce((fields, name) => fieldsOf(fields[name]), object)
  const metadata = fieldsOf(object['metadata'])
  return [
    {
      kind,
      name: textOf(metadata['name']) ?? textOf(metadata['generateName']) ?? null,
      annotations: fieldsOf(fieldsOf(pod['metadata'])['annotations']),
      spec: fieldsOf(pod['spec']),
    },
  ]
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A value that is written as a text, a number or a truth value; no process can have a null character in it. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.replaceAll('\0', '')
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

function notAManifest(problem: string, cause?: unknown): IsolateLeakError {
  const message = `expected a manifest of Kubernetes: ${problem}`
  return new IsolateLeakError('ERR_CONFIG', message, cause === undefined ? undefined : { cause })
}
