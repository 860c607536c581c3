import { closeSync, openSync, readSync } from 'node:fs'

const NODES = '"nodes":['
const EDGES = '"edges":['

/**
 * All numbers of nodes and edges in two typed arrays, and nothing else: no checks, no strings, no meaning. What any reader has
 * to do at least.
 */
export const readNumbers = (file: string): { nodes: number; edges: number } => {
  const descriptor = openSync(file, 'r')
  try {
    const head = Buffer.alloc(8192)
    readSync(descriptor, head, 0, head.length, 0)
    const text = head.toString('latin1')
    const fields = (/"node_fields":\[(.*?)\]/.exec(text)?.[1] ?? '').split(',').length
    const nodes = Number(/"node_count":(\d+)/.exec(text)?.[1])
    const edges = Number(/"edge_count":(\d+)/.exec(text)?.[1])
    const numbersOfNodes = new Uint32Array(nodes * fields)
    const numbersOfEdges = new Uint32Array(edges * 3)
    let offset = readList(descriptor, text.indexOf(NODES) + NODES.length, numbersOfNodes)
    readSync(descriptor, head, 0, head.length, offset)
    offset += head.indexOf(EDGES) + EDGES.length
    readList(descriptor, offset, numbersOfEdges)
    return { nodes: numbersOfNodes.length / fields, edges: numbersOfEdges.length / 3 }
  } finally {
    closeSync(descriptor)
  }
}

/** Reads a list from `offset` on; gives the offset of its end. */
const readList = (descriptor: number, offset: number, values: Uint32Array): number => {
  const piece = new Uint8Array(2 ** 20)
  let count = 0
  let value = 0
  let isInNumber = false
  for (;;) {
    const length = readSync(descriptor, piece, 0, piece.length, offset)
    for (let at = 0; at < length; at++) {
      const byte = piece[at] as number
      if (byte >= 0x30 && byte <= 0x39) {
        value = value * 10 + byte - 0x30
        isInNumber = true
      } else {
        if (isInNumber) values[count++] = value
        value = 0
        isInNumber = false
        if (byte === 0x5d) return offset + at
      }
    }
    if (length === 0) throw new Error('expected the end of a list, got the end of the file')
    offset += length
  }
}
