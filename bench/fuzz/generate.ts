import type { Random } from '../../lib/decide/stats/random.js'
import { shuffle } from '../../lib/decide/stats/random.js'

const NODE_TYPES = ['hidden', 'array', 'string', 'object', 'code', 'closure', 'native', 'synthetic', 'symbol']
const EDGE_TYPES = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak']
const TEXTS = [
  '',
  'a',
  'Object',
  '(GC roots)',
  'system / Context',
  '"quoted"',
  'back\\slash',
  'é☃😀',
  '\ud800',
  '\u0001\n',
]

export const whole = (random: Random, below: number): number => Math.floor(random() * below)

export const oneOf = <T>(random: Random, items: readonly T[]): T => items[whole(random, items.length)] as T

/** Text of a snapshot that is right by its making: random graph, order of fields and parts, whitespace, escapes. */
export const generateSnapshot = (random: Random): string => {
  const nodeCount = 1 + whole(random, oneOf(random, [1, 4, 30, 300]))
  const stringCount = 1 + whole(random, 20)
  const nodeFields = shuffle(
    ['type', 'name', 'id', 'self_size', 'edge_count'].concat(
      ['trace_node_id', 'detachedness', 'future'].filter(() => random() < 0.5),
    ),
    random,
  )
  const edgeFields = shuffle(
    ['type', 'name_or_index', 'to_node'].concat(random() < 0.2 ? ['future'] : []),
    random,
  )
  const locationFields = shuffle(['object_index', 'script_id', 'line', 'column'], random)
  const edgeCounts = Array.from({ length: nodeCount }, () => whole(random, 5))
  const edgeCount = edgeCounts.reduce((sum, count) => sum + count, 0)
  const number = (): number =>
    oneOf(random, [0, 1, 7, 10, 255, 65_536, 999_999_999, 4_294_967_295, whole(random, 1e6)])
  const large = (): number => (random() < 0.05 ? 2 ** 32 + whole(random, 1e15) : number())
  const nodeRow = (node: number): number[] =>
    nodeFields.map(field => {
      if (field === 'type') return whole(random, NODE_TYPES.length)
      if (field === 'name') return whole(random, stringCount)
      if (field === 'id') return random() < 0.9 ? 2 * node + 1 : number()
      if (field === 'edge_count') return edgeCounts[node] ?? 0
      if (field === 'detachedness') return whole(random, 3)
      return large()
    })
  const edgeRow = (): number[] => {
    const type = whole(random, EDGE_TYPES.length)
    const isIndex = ['element', 'hidden'].includes(EDGE_TYPES[type] ?? '')
    return edgeFields.map(field => {
      if (field === 'type') return type
      if (field === 'name_or_index') return isIndex ? number() : whole(random, stringCount)
      return field === 'to_node' ? whole(random, nodeCount) * nodeFields.length : large()
    })
  }
  const locationRow = (): number[] =>
    locationFields.map(field =>
      field === 'object_index' ? whole(random, nodeCount) * nodeFields.length : number(),
    )
  const types = (fields: readonly string[], names: readonly string[]): unknown[] =>
    fields.map(field => (field === 'type' ? names : 'number'))
  const meta = {
    ...{ node_fields: nodeFields, node_types: types(nodeFields, NODE_TYPES) },
    ...{
      edge_fields: edgeFields,
      edge_types: types(edgeFields, EDGE_TYPES),
      location_fields: locationFields,
    },
  }
  const rows = (count: number, row: (index: number) => number[]): string => {
    const lines = Array.from({ length: count }, (_, index) => row(index).join(random() < 0.02 ? ' , ' : ','))
    return `[${lines.join(random() < 0.5 ? '\n,' : ',')}${random() < 0.5 ? '\n' : ''}]`
  }
  const strings = Array.from({ length: stringCount }, (_, index) =>
    encode(`${oneOf(random, TEXTS)}${index % 3}`, random),
  )
  const snapshot = `"snapshot":${JSON.stringify({ meta, node_count: nodeCount, edge_count: edgeCount })}`
  const parts = [
    `"nodes":${rows(nodeCount, nodeRow)}`,
    `"edges":${rows(edgeCount, edgeRow)}`,
    `"locations":${rows(whole(random, 8), locationRow)}`,
    `"strings":[${strings.join(',\n')}]`,
    '"trace_tree":[{"a":[1e3,-2.5,null,true]}]',
  ]
  const ordered = random() < 0.5 ? parts : shuffle(parts, random)
  return `{${[snapshot, ...ordered].join(random() < 0.5 ? ',\n' : ' , ')}}${random() < 0.3 ? '\n ' : ''}`
}

const encode = (text: string, random: Random): string => {
  const json = JSON.stringify(text)
  if (random() < 0.5) return json
  return json.replace(/[^ -~]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
