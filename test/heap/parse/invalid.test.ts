import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import { readColumns } from '../../../lib/heap/parse/read-columns.js'
import { SnapshotInvalidError } from '../../../lib/heap/snapshot-invalid-error.js'
import { miniSnapshot, textOf } from '../../support/mini-snapshot.js'

const text = textOf(miniSnapshot())
const folder = t.testdir({})

/** The error that reading gives, by all ways of delivering the bytes; they have to agree. */
const errorOf = async (content: string | Buffer): Promise<SnapshotInvalidError> => {
  const bytes = Buffer.from(content)
  const single = bytes.length > 10_000 ? [bytes] : Array.from(bytes, byte => Buffer.from([byte]))
  const file = join(folder, 'invalid')
  writeFileSync(file, bytes)
  const errors: SnapshotInvalidError[] = []
  for (const source of [Readable.from([bytes]), Readable.from(single), file]) {
    try {
      await readColumns(source)
      throw new Error('expected an error')
    } catch (error) {
      if (!(error instanceof SnapshotInvalidError)) throw error
      errors.push(error)
    }
  }
  const [whole, bytewise, fromFile] = errors as [
    SnapshotInvalidError,
    SnapshotInvalidError,
    SnapshotInvalidError,
  ]
  t.equal(whole.code, 'ERR_SNAPSHOT_INVALID')
  t.equal(bytewise.message, whole.message)
  // A file is known to be too small before its rows are read.
  if (!/room/.test(fromFile.message)) t.equal(fromFile.message, whole.message)
  return whole
}

/** Replaces the one occurrence; the error has to be at `within` of what was put in. */
const swap = async (from: string, to: string, within: number, expected: RegExp): Promise<void> => {
  const at = text.indexOf(from)
  if (at < 0 || text.includes(from, at + 1)) throw new Error(`expected '${from}' once`)
  const { message, offset } = await errorOf(text.slice(0, at) + to + text.slice(at + from.length))
  t.match(message, expected, `${JSON.stringify(from)} as ${JSON.stringify(to)}`)
  t.equal(offset, at + within, `offset of ${message}`)
  t.match(message, `at byte ${offset}`)
}

t.test('numbers', async () => {
  await swap(',3,2,5,40', ',-3,2,5,40', 1, /not negative, got '-'/)
  await swap(',3,2,5,40', ',3,2.5,5,40', 4, /',' or '\]', got '\.'/)
  await swap(',3,2,5,40', ',3,2e1,5,40', 4, /got 'e'/)
  await swap(',3,2,5,40', ',3,02,5,40', 4, /leading zero/)
  await swap(',3,2,5,40', ',3,2,5,00', 8, /leading zero/)
  await swap(',3,2,5,40', ',3,"2",5,40', 3, /whole number that is not negative, got '"'/)
  await swap(',3,2,5,40', ',3,,5,40', 3, /got ','/)
  await swap(',3,2,5,40', ',3 2,5,40', 3, /got '2'/)
  await swap(',3,2,5,40', ',3,null,5,40', 3, /got 'n'/)
  await swap(',3,2,5,40', ',3,[2],5,40', 3, /got '\['/)
  await swap(',3,2,5,40', ',3,2,5,9007199254740992', 7, /up to 9007199254740991/)
  await swap(',3,2,5,40', `,3,2,5,${'9'.repeat(1000)}`, 7, /up to 9007199254740991/)
  await swap(',3,2,5,40', ',3,2,4294967296,40', 5, /id of a node to be up to 4294967295, got 4294967296/)
  await swap(',3,2,5,40', ',3,4294967296,5,40', 3, /name of a node/)
  await swap(',2,10,28', ',2,4294967296,28', 3, /name_or_index of an edge to be up to/)
  await swap(',21,12,0,0', ',21,12,9999999999,0', 7, /line of a location/)
  await swap(',1,4,9,4096', ',1,4,9,4096,', 12, /got ','/)
  await swap('"nodes":[7,', '"nodes":[,7,', 9, /got ','/)
  await swap('\n],\n"edges"', ',\n],\n"edges"', 2, /got '\]'/)
})

t.test('positions', async () => {
  await swap(',3,2,5,40', ',8,2,5,40', 1, /type of a node to be up to 7, got 8/)
  await swap(',3,2,5,40', ',300,2,5,40', 1, /type of a node to be up to 7, got 300/)
  await swap(',2,10,28', ',7,10,28', 1, /type of an edge to be up to 6, got 7/)
  await swap(',2,10,28', ',258,10,28', 1, /type of an edge to be up to 6, got 258/)
  await swap(',2,10,28', ',2,10,27', 6, /multiple of 7, got 27/)
  await swap(',2,10,28', ',2,10,70', 6, /to_node of an edge to be up to 63, got 70/)
  await swap(',2,10,28', ',2,10,4294967295', 6, /up to 63, got 4294967295/)
  await swap(',21,12,0,0', ',22,12,0,0', 1, /object_index of a location to be a multiple of 7, got 22/)
  await swap(',21,12,0,0', ',77,12,0,0', 1, /up to 63, got 77/)
  await swap(',3,6,15,56,1,0,2', ',3,6,15,56,1,0,256', 15, /detachedness of a node to be up to 255, got 256/)
  await swap(
    ',3,2,5,40',
    ',3,16,5,40',
    text.length - text.indexOf(',3,2,5,40') + 1,
    /node 2 among 16 strings/,
  )
  await swap(
    ',2,10,28',
    ',2,16,28',
    text.length - text.indexOf(',2,10,28'),
    /edge 3 among 16 strings, got position 16/,
  )
})

t.test('counts', async () => {
  const end = (part: string): number => text.indexOf('\n]', text.indexOf(`"${part}":[`)) + 2
  const fromCount = (name: string, part: string): number => end(part) - text.indexOf(`${name}:`)
  await swap(
    '"node_count":10',
    '"node_count":11',
    fromCount('"node_count"', 'nodes'),
    /11 nodes as declared, got 10/,
  )
  const tenth = text.indexOf(',4,8,4294967295') + 1 - text.indexOf('"node_count":')
  await swap('"node_count":10', '"node_count":9', tenth - 1, /9 nodes as declared, got more/)
  await swap(
    '"edge_count":14',
    '"edge_count":15',
    fromCount('"edge_count"', 'nodes'),
    /15 edges as declared, got 14/,
  )
  const afterMeta = text.indexOf(',\n"nodes"')
  for (const [name, count] of [
    ['node_count', '0'],
    ['node_count', '-1'],
    ['node_count', '1.5'],
    ['node_count', '4294967295'],
    ['node_count', '1e300'],
    ['node_count', '"10"'],
    ['edge_count', 'null'],
    ['edge_count', '[14]'],
  ] as const) {
    const from = `"${name}":${name === 'node_count' ? 10 : 14}`
    const longer = `"${name}":${count}`.length - from.length
    await swap(
      from,
      `"${name}":${count}`,
      afterMeta + longer - text.indexOf(from),
      /to be a whole number from/,
    )
  }
  const lastCount = text.indexOf(',4,8,4294967295,128,') + 20 - text.indexOf(',1,4,9,4096,3,')
  await swap(',1,4,9,4096,3,', ',1,4,9,4096,4,', lastCount, /14 edges as declared, got more/)
  await swap(',1,4,9,4096,3,', ',1,4,9,4096,4294967295,', 12, /14 edges as declared, got more/)
  await swap(',0,13,28', '', end('edges') - text.indexOf(',0,13,28') - 8, /14 edges as declared, got 13/)
  await swap('\n,3,12,21\n]', '\n,3,12\n]', 7, /3 numbers in each row of edges, got 2/)
  await swap('\n,6,0,14', '\n,', 3, /got ','/)

  const lying = join(folder, 'lying')
  const { snapshot, edges, ...rest } = miniSnapshot()
  for (const name of ['node_count', 'edge_count']) {
    const edgesFirst = JSON.stringify({ snapshot: { ...snapshot, [name]: 2 ** 32 - 2 }, edges, ...rest })
    for (const content of [
      edgesFirst,
      name === 'edge_count' ? edgesFirst : text.replace(/("node_count":)\d+/, '$14294967294'),
    ]) {
      writeFileSync(lying, content)
      await t.rejects(readColumns(lying), { code: 'ERR_SNAPSHOT_INVALID', message: /room for at most \d+/ })
      await t.rejects(readColumns(Readable.from([content])), { code: 'ERR_SNAPSHOT_INVALID' })
    }
  }
})

t.test('strings', async () => {
  await swap('"cache"', '"c\nache"', 2, /control characters in a string, got byte 0x0a/)
  await swap('"cache"', '"c\\ache"', 3, /after \\, got 'a'/)
  await swap('"cache"', '"c\\u12g4"', 6, /four hexadecimal digits/)
  await swap('"cache"', '"c\\u12"', 6, /four hexadecimal digits after \\u, got '"'/)
  await swap('"cache"', '12', 0, /expected a string, got '1'/)
  await swap('"cache"', '["cache"]', 0, /expected a string, got '\['/)
  await swap('"cache",', '"cache"', 8, /expected ',' or '\]', got '"'/)
  await swap('"cache"', 'cache"', 0, /expected a string, got 'c'/)
  await swap('"strings":["",', '"strings":[,', 11, /expected a string or '\]', got ','/)
})

t.test('frame', async () => {
  t.equal((await errorOf('')).offset, 0)
  t.match((await errorOf('')).message, /expected '\{', got the end/)
  t.match((await errorOf('PK\u0003\u0004')).message, /at byte 0: expected '\{', got 'P'/)
  t.match((await errorOf('{}')).message, /at byte 2: expected a snapshot to have "snapshot", got none/)
  t.match((await errorOf('{,}')).message, /at byte 1: expected a property name, got ','/)
  t.match((await errorOf('{"a":1,}')).message, /at byte 7: expected a property name, got '}'/)
  t.match((await errorOf('{"a" 1}')).message, /at byte 5: expected ':', got '1'/)
  t.match((await errorOf('{"a":1.}')).message, /got 1\./)
  t.match((await errorOf('{"a":01}')).message, /got 01/)
  t.match((await errorOf('{"a":nul}')).message, /got nul/)
  t.match((await errorOf('{"a":"\u0001"}')).message, /at byte 6: expected no control/)
  t.match((await errorOf('{"a":"\\x"}')).message, /at byte 7: expected one of/)
  t.match((await errorOf('{"a":[1,]}')).message, /at byte 8: expected a value, got '\]'/)
  t.match((await errorOf('{"a":[1}')).message, /at byte 7/)
  t.match((await errorOf('{"a":{"b":1]')).message, /at byte 11/)
  t.match((await errorOf('{"a":{"b":1,}')).message, /at byte 12: expected a property name/)
  t.match((await errorOf('{"a":{1:1}')).message, /at byte 6: expected a property name or '}'/)
  t.match((await errorOf(`{"${'a'.repeat(2000)}":1}`)).message, /at most 1024 bytes/)
  t.match((await errorOf(`{"a":${'9'.repeat(500)}}`)).message, /end of a number/)
  t.match((await errorOf(`{"a":${'['.repeat(3000)}`)).message, /at most 1000 lists within another/)
  t.match((await errorOf(`{"snapshot":"${'a'.repeat(2 ** 20)}"`)).message, /at most 1048576 bytes/)
  t.match((await errorOf(text + '\0')).message, new RegExp(`at byte ${text.length}: expected the end`))
  t.match((await errorOf(text + text)).message, new RegExp(`at byte ${text.length}: expected the end`))
  const { nodes, ...rest } = miniSnapshot()
  t.match((await errorOf(JSON.stringify(rest))).message, /to have "nodes", got none/)
  t.match(
    (await errorOf(JSON.stringify({ nodes, ...rest }))).message,
    /at byte 1: expected "snapshot".* before "nodes"/,
  )
  await swap('"samples":[]', '"nodes":[]', 0, /expected one "nodes", got another/)
  await swap('"samples":[]', '"snapshot":{}', 0, /expected one "snapshot", got another/)
  await swap('"samples":[]', '"\\u0065dges":[]', 0, /expected one "edges", got another/)
  await swap('"nodes":[', '"nodes":{', 8, /expected '\[', got '\{'/)
})

t.test('meta', async () => {
  const withMeta = (change: Record<string, unknown>, ofSnapshot: Record<string, unknown> = {}): string => {
    const raw = miniSnapshot()
    const snapshot = { ...raw.snapshot, meta: { ...raw.snapshot.meta, ...change }, ...ofSnapshot }
    return JSON.stringify({ ...raw, snapshot })
  }
  const fails = async (content: string, expected: RegExp): Promise<void> => {
    t.match((await errorOf(content)).message, expected)
  }
  await fails(withMeta({}, { meta: null }), /meta\.node_fields to name type, .*, got none/)
  await fails(
    withMeta({ node_fields: ['type', 'name', 'id'] }),
    /meta\.node_fields to name .*, got \["type","name","id"\]/,
  )
  await fails(withMeta({ node_fields: 'type' }), /meta\.node_fields .*, got "type"/)
  await fails(withMeta({ node_fields: undefined }), /meta\.node_fields .*, got none/)
  await fails(withMeta({ edge_fields: ['type', 'name_or_index', 'to_node', 'type'] }), /meta\.edge_fields/)
  await fails(withMeta({ edge_fields: [0, 'type', 'name_or_index', 'to_node'] }), /meta\.edge_fields/)
  await fails(
    withMeta({
      edge_fields: ['type', 'name_or_index', 'to_node', ...Array.from({ length: 62 }, (_, at) => `f${at}`)],
    }),
    /meta\.edge_fields/,
  )
  await fails(withMeta({ location_fields: [] }), /meta\.location_fields/)
  await fails(withMeta({ node_types: ['string'] }), /meta\.node_types\[0\] to be a list .*, got "string"/)
  await fails(withMeta({ node_types: {} }), /meta\.node_types\[0\] .*, got none/)
  await fails(withMeta({ edge_types: [[]] }), /meta\.edge_types\[0\]/)
  await fails(withMeta({ edge_types: [Array.from({ length: 257 }, String)] }), /meta\.edge_types\[0\]/)
  await fails(withMeta({}, { root_index: 7 }), /root to be the first node, got 7/)
  await fails(JSON.stringify({ snapshot: 3 }), /meta\.node_fields/)
  await fails(JSON.stringify({ snapshot: { __proto__: null } }), /meta\.node_fields/)
})

t.test('cut short anywhere', async t => {
  const bytes = Buffer.from(text)
  for (let length = 0; length < bytes.length; length++) {
    const error: unknown = await readColumns(Readable.from([bytes.subarray(0, length)])).catch(
      (cause: unknown) => cause,
    )
    if (
      !(error instanceof SnapshotInvalidError) ||
      error.offset > length ||
      !/got the end$/.test(error.message)
    )
      t.fail(`at ${length}`, { error })
  }
})
