import type { Secrets } from '../sort-variables.js'
import { type Fields, fieldsOf, listOf, textOf } from './manifest.js'

interface ContainerPort {
  readonly name: string | undefined
  readonly number: number
}

/** The ports that a container says it serves. */
export function containerPorts(container: Fields): readonly ContainerPort[] {
  return listOf(container['ports'])
    .map(fieldsOf)
    .filter(port => !['UDP', 'SCTP'].includes(textOf(port['protocol']) ?? ''))
    .flatMap(port => {
      const number = portNumber(port['containerPort'])
      return number === null ? [] : [{ name: textOf(port['name']), number }]
    })
}

/** The port that requests go to: that of the readiness probe, or else the only one. */
export function portOf(container: Fields): number | null {
  const ports = containerPorts(container)
  const probed = probeOf(container)['port']
  const [first, second] = ports
  const only = first !== undefined && second === undefined ? first.number : null
  return portNumber(probed) ?? ports.find(({ name }) => name !== undefined && name === probed)?.number ?? only
}

/** The path that the readiness probe asks for. */
export function probePathOf(container: Fields, secrets: Secrets): string | null {
  const path = textOf(probeOf(container)['path'])
  if (path === undefined || !/^\/[\x21-\x7e]*$/.test(path)) return null
  // One with a secret would have to be filled in, and is none that production serves.
  return secrets.masked([path])[0] === path ? path : null
}

function probeOf(container: Fields): Fields {
  return fieldsOf(fieldsOf(container['readinessProbe'])['httpGet'])
}

function portNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number <= 65_535
    ? number
    : null
}
