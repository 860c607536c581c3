import { IsolateLeakError } from '../../../errors.js'
import { redactText } from '../../../options/redact/redact-text.js'
import { companionsOf } from './companions.js'
import { type ContainerStart, containerStart, runsNode } from './container-start.js'
import { type ContainerVariables, containerVariables, expandWord } from './container-variables.js'
import { type Fields, fieldsOf, listOf, type ManifestPod, textOf } from './manifest.js'

/** A container with what is read of it. */
export interface PodContainer {
  readonly pod: ManifestPod
  readonly name: string
  readonly image: string | null
  readonly fields: Fields
  readonly variables: ContainerVariables
  readonly start: ContainerStart
}

/**
 * The container that runs Node: by its command, or else by its NODE_OPTIONS, or else by its image or what is put beside it.
 * @param wanted its name, or that of the pod and its own (`shop/app`); by default the only one
 * @throws IsolateLeakError `ERR_PROCESS_NOT_NODE` when none runs Node, `ERR_OPTION_INVALID` when several do, or none has the name
 */
export function chooseContainer(
  file: string,
  pods: readonly ManifestPod[],
  wanted: string | undefined,
): PodContainer {
  const all = pods.flatMap(containersOf)
  if (wanted !== undefined) {
    const found = onlyOne(all.filter(one => [one.name, fullName(one)].includes(wanted)))
    if (found.length === 0) {
      throw invalid(`container must be one of those in ${file} (${namesOf(all)}), got '${wanted}'`)
    }
    return single(found, `${file} has more than one container '${wanted}'`)
  }
  const evidence = all.map(nodeEvidence)
  const most = Math.max(0, ...evidence)
  const found = onlyOne(all.filter((_, index) => most > 0 && evidence[index] === most))
  if (found.length === 0) {
    throw new IsolateLeakError(
      'ERR_PROCESS_NOT_NODE',
      `expected a container that runs Node in ${file}: nothing shows it of ${namesOf(all)}. If one of them does, name it: --container NAME`,
    )
  }
  return single(found, `${file} has more than one container that runs Node`)
}

function containersOf(pod: ManifestPod): PodContainer[] {
  return listOf(pod.spec['containers'])
    .map(fieldsOf)
    .flatMap(fields => {
      const name = textOf(fields['name'])
      if (name === undefined) return []
      const variables = containerVariables(fields)
      const words = (value: unknown): string[] =>
        listOf(value).map(word => expandWord(textOf(word) ?? '', variables.literal))
      const start = containerStart(words(fields['command']), words(fields['args']))
      const image = textOf(fields['image'])
      return [{ pod, name, image: image === undefined ? null : redactText(image), fields, variables, start }]
    })
}

function nodeEvidence({ pod, fields, image, variables, start }: PodContainer): number {
  const names = [...Object.keys(variables.literal), ...variables.fromCluster.map(({ name }) => name)]
  if (runsNode(start)) return 3
  // A command that is seen, and is none of Node's.
  const isOther = start.command !== null
  if (names.includes('NODE_OPTIONS')) return 2
  const isAlone = listOf(pod.spec['containers']).length === 1
  const isForNode =
    names.includes('NODE_ENV') ||
    /(?:^|\/)node(?:js)?(?:[:@]|$)/.test(image ?? '') ||
    (isAlone && companionsOf(pod, fields, []).some(({ install }) => install !== null))
  return isForNode && !isOther ? 1 : 0
}

/** Pods of one workload are the same but for their names. */
function onlyOne(found: readonly PodContainer[]): readonly PodContainer[] {
  const seen = new Set<string>()
  return found.filter(({ name, image, start, variables, fields }) => {
    const key = JSON.stringify([name, image, start, variables, textOf(fields['workingDir'])])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function single(found: readonly PodContainer[], problem: string): PodContainer {
  const [first, second] = found
  if (first !== undefined && second === undefined) return first
  throw invalid(`${problem}: name one of ${namesOf(found)} by container (--container NAME)`)
}

function fullName({ pod, name }: PodContainer): string {
  return `${pod.name ?? pod.kind}/${name}`
}

const MOST_NAMES = 12

function namesOf(all: readonly PodContainer[]): string {
  const names = [...new Set(all.map(fullName))]
  const more = names.length > MOST_NAMES ? ` and ${String(names.length - MOST_NAMES)} more` : ''
  return names.length === 0 ? 'no container' : `${names.slice(0, MOST_NAMES).join(', ')}${more}`
}

function invalid(message: string): IsolateLeakError {
  return new IsolateLeakError('ERR_OPTION_INVALID', message)
}
