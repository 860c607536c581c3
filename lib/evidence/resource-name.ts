import { maskKey } from '../options/redact/mask-key.js'
import type { EvidenceOfResource } from '../types/index.js'

const LISTENER = /^(process )(.*?)( at \S[^\n]*:\d+)?$/s

/** What a resource is, as reports tell it: events and files whose names look like data give way to their lengths. */
export function resourceName({ kind, what }: Pick<EvidenceOfResource, 'kind' | 'what'>): string {
  if (kind === 'listener') {
    return what.replace(
      LISTENER,
      (_, emitter: string, event: string, place = '') => `${emitter}${maskKey(event)}${String(place)}`,
    )
  }
  if (kind !== 'descriptor' || !what.startsWith('/')) return what
  return what
    .split('/')
    .map(part => (part === '*' ? part : maskKey(part)))
    .join('/')
}
