import { type Fields, fieldsOf, listOf, textOf } from './manifest.js'

/** The environment that a container is given. */
export interface ContainerVariables {
  readonly literal: Readonly<Record<string, string>>
  /** Those whose values only the cluster has, and where from. */
  readonly fromCluster: readonly { readonly name: string; readonly from: string }[]
  /** What gives it all of its keys. */
  readonly sources: readonly string[]
}

type Variable = { readonly value: string } | { readonly from: string }

/** Reads `env` and `envFrom` as the kubelet does: the last of a name counts, and `$(NAME)` stands for one before. */
export function containerVariables(container: Fields): ContainerVariables {
  const variables = new Map<string, Variable>()
  for (const one of listOf(container['env']).map(fieldsOf)) {
    const name = textOf(one['name']) ?? ''
    // No process can have another.
    if (name === '' || name.includes('=')) continue
    const from = sourceOf(fieldsOf(one['valueFrom']))
    variables.set(name, from === null ? expanded(textOf(one['value']) ?? '', variables) : { from })
  }
  const all = [...variables]
  return {
    literal: Object.fromEntries(all.flatMap(([name, one]) => ('value' in one ? [[name, one.value]] : []))),
    fromCluster: all.flatMap(([name, one]) => ('from' in one ? [{ name, from: one.from }] : [])),
    sources: listOf(container['envFrom'])
      .map(fieldsOf)
      .flatMap(source => [
        ...named('secret', fieldsOf(source['secretRef'])),
        ...named('config map', fieldsOf(source['configMapRef'])),
      ]),
  }
}

/** A word of a command with the variables that are known; the others stay as they are written. */
export function expandWord(word: string, literal: Readonly<Record<string, string>>): string {
  return replaceVariables(word, name => (Object.hasOwn(literal, name) ? literal[name] : undefined))
}

function expanded(text: string, variables: ReadonlyMap<string, Variable>): Variable {
  const unknown: string[] = []
  const value = replaceVariables(text, name => {
    const found = variables.get(name)
    if (found !== undefined && 'from' in found) unknown.push(name)
    return found !== undefined && 'value' in found ? found.value : undefined
  })
  return unknown.length === 0 ? { value } : { from: `made of ${unknown.join(', ')}` }
}

/** Longer than a variable may be on Linux: what doubles with each of them does not go on. */
const LONGEST = 131_072

/** `$(NAME)`; `$$(NAME)` is that text itself. */
function replaceVariables(text: string, valueOf: (name: string) => string | undefined): string {
  let length = text.length
  return text.replace(/\$\$|\$\(([\w.-]+)\)/g, (written, name: string | undefined) => {
    const value = name === undefined ? '$' : (valueOf(name) ?? written)
    length += value.length
    return length > LONGEST ? written : value
  })
}

function sourceOf(valueFrom: Fields): string | null {
  const key = (kind: string, field: string): string[] => {
    const ref = fieldsOf(valueFrom[field])
    return named(kind, ref).map(source => `${source}, key ${textOf(ref['key']) ?? '?'}`)
  }
  const path = (kind: string, field: string, name: string): string[] => {
    const found = textOf(fieldsOf(valueFrom[field])[name])
    return found === undefined ? [] : [`${kind} ${found} of the pod`]
  }
  const [found] = [
    ...key('secret', 'secretKeyRef'),
    ...key('config map', 'configMapKeyRef'),
    ...path('field', 'fieldRef', 'fieldPath'),
    ...path('resource', 'resourceFieldRef', 'resource'),
  ]
  return found ?? (Object.keys(valueFrom).length > 0 ? 'the cluster' : null)
}

function named(kind: string, ref: Fields): string[] {
  const name = textOf(ref['name'])
  return name === undefined ? [] : [`${kind} ${name}`]
}
