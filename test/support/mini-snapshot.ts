import type { RawSnapshot } from './columns-of.js'

/** A snapshot of ten nodes with everything in it that the format has, in V8's layout. */
export const miniSnapshot = (): RawSnapshot => ({
  snapshot: {
    meta: {
      node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
      node_types: [
        ['hidden', 'array', 'string', 'object', 'code', 'closure', 'native', 'synthetic'],
        ...['string', 'number', 'number', 'number', 'number', 'number'],
      ],
      edge_fields: ['type', 'name_or_index', 'to_node'],
      edge_types: [
        ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'],
        ...['string_or_number', 'node'],
      ],
      location_fields: ['object_index', 'script_id', 'line', 'column'],
    },
    node_count: 10,
    edge_count: 14,
  },
  nodes: [
    [7, 0, 1, 0, 2, 0, 0],
    [7, 1, 3, 0, 1, 0, 0],
    [3, 2, 5, 40, 3, 0, 0],
    [5, 3, 7, 64, 2, 0, 0],
    [1, 4, 9, 4096, 3, 0, 0],
    [2, 5, 11, 24, 0, 0, 0],
    [3, 6, 13, 56, 1, 0, 1],
    [3, 6, 15, 56, 1, 0, 2],
    [6, 7, 17, 1_000_000, 0, 0, 0],
    [4, 8, 4_294_967_295, 128, 1, 0, 0],
  ].flat(),
  edges: [
    [1, 1, 7],
    [5, 9, 14],
    [4, 4_000_000, 14],
    [2, 10, 28],
    [2, 11, 21],
    [3, 12, 35],
    [0, 13, 28],
    [3, 14, 63],
    [1, 0, 42],
    [1, 1, 49],
    [4, 99, 56],
    [2, 15, 35],
    [6, 0, 14],
    [3, 12, 21],
  ].flat(),
  locations: [
    [42, 12, 3, 14],
    [21, 12, 0, 0],
    [21, 13, 4_294_967_295, 7],
  ].flat(),
  strings: [
    ...[
      '',
      '(GC roots)',
      'Store',
      'add',
      '(object elements)',
      'secret "quoted" \\ text\n',
      'Entry',
      'ArrayBuffer',
    ],
    ...['code', 'näïve ☃ 😀', 'items', 'add', 'map', 'cache', 'shared', '\ud800 alone'],
  ],
})

/** As V8 writes it: a row a line, strings with everything outside of ASCII escaped. */
export const textOf = (raw: RawSnapshot, nodeWidth = 7): string => {
  const widths = { nodes: nodeWidth, edges: 3, locations: 4 }
  const rows = (name: keyof typeof widths): string => {
    const values = raw[name]
    const lines = Array.from({ length: Math.ceil(values.length / widths[name]) }, (_, row) =>
      values.slice(row * widths[name], (row + 1) * widths[name]).join(','),
    )
    return `"${name}":[${lines.join('\n,')}\n]`
  }
  const strings = raw.strings.map(text =>
    JSON.stringify(text).replace(/[^ -~]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  )
  return `{"snapshot":${JSON.stringify(raw.snapshot)},\n${[
    ...[rows('nodes'), rows('edges'), '"trace_function_infos":[]', '"trace_tree":[]', '"samples":[]'],
    ...[rows('locations'), `"strings":[${strings.join(',\n')}]`],
  ].join(',\n')}}`
}
