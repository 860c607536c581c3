import { spawnSync } from 'node:child_process'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip, gzipSync } from 'node:zlib'
import t from 'tap'
import type { Test } from 'tap'
import { IsolateLeakError } from '../../../lib/errors.js'
import { readColumns } from '../../../lib/heap/parse/read-columns.js'
import type { SnapshotProgress } from '../../../lib/heap/read-options.js'
import { brokenInvariant } from '../../support/broken-invariant.js'
import { columnsOf, columnsOfRaw } from '../../support/columns-of.js'
import { miniSnapshot, textOf } from '../../support/mini-snapshot.js'
import { firstDifference } from '../../support/same-columns.js'

const SCRIPT = `
  const held = Array.from({ length: 2000 }, (_, index) => ({ index, text: 'é☃ "' + index, call: () => index }))
  globalThis.held = new Map(held.map(one => [one.text, one]))
  require('node:v8').writeHeapSnapshot(process.argv[1])
`
const folder = t.testdir({})
const file = join(folder, 'real.heapsnapshot')
const { status, stderr } = spawnSync(process.execPath, ['--eval', SCRIPT, file], { encoding: 'utf8' })
if (status !== 0) throw new Error(`no snapshot to test with: ${stderr}`)

const mini = Buffer.from(textOf(miniSnapshot()))
const expectedMini = columnsOfRaw(miniSnapshot())

/** Pieces of so many bytes. */
const inPieces = (bytes: Buffer, size: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    ),
  )

t.test('a snapshot of this Node', async t => {
  const expected = columnsOf(file)
  const columns = await readColumns(file)
  t.equal(firstDifference(columns, expected), null, 'is the same as by JSON.parse')
  t.equal(brokenInvariant(columns), null)
  t.ok(columns.locations.nodes.length > 100)
  for (const text of ['', 'held', 'é☃ "1999', 'é☃ "', 'no such text'])
    t.equal(columns.strings.indexOf(text), expected.strings.indexOf(text), `position of '${text}'`)

  const bytes = await readFile(file)
  for (const size of [64 * 1024, 4099, 97])
    t.equal(
      firstDifference(await readColumns(inPieces(bytes, size)), expected),
      null,
      `in pieces of ${size} bytes`,
    )
  const packed = createGunzip()
  packed.end(gzipSync(bytes))
  t.equal(firstDifference(await readColumns(packed), expected), null, 'out of gzip')
  t.equal(firstDifference(await readColumns(createReadStream(file, 'utf8')), expected), null, 'as text')
})

t.test('every way to cut a small snapshot in two or into bytes', async t => {
  for (let at = 0; at <= mini.length; at++) {
    const stream = Readable.from([mini.subarray(0, at), mini.subarray(at)])
    const difference = firstDifference(await readColumns(stream), expectedMini)
    if (difference !== null) t.fail(`${difference} when cut at ${at}`)
  }
  t.equal(firstDifference(await readColumns(inPieces(mini, 1)), expectedMini), null)
  t.equal(firstDifference(await readColumns(inPieces(mini, 3)), expectedMini), null)
})

t.test('what comes in another form', async t => {
  const { snapshot, ...rest } = miniSnapshot()
  const readText = (text: string): ReturnType<typeof readColumns> =>
    readColumns(Readable.from([Buffer.from(text)]))
  t.test('other order, unknown parts, whitespace', async t => {
    const { strings, ...others } = rest
    const future = [{ a: [1.5e3, null, true, 'x\\"'] }, -2]
    const reordered = { future, strings, snapshot, ...others }
    t.equal(firstDifference(await readText(JSON.stringify(reordered, null, '\t\r\n')), expectedMini), null)
    const { nodes, edges, locations } = rest
    const text = JSON.stringify({ snapshot, locations, edges, nodes, strings })
    t.equal(firstDifference(await readText(` \n${text}\n\n `), expectedMini), null)
  })
  t.test('fields in another order, unknown ones, without detachedness and locations', async t => {
    const raw = miniSnapshot()
    const fields = ['new', 'edge_count', 'self_size', 'id', 'name', 'type']
    const rows = Array.from({ length: 10 }, (_, node) => raw.nodes.slice(node * 7, node * 7 + 7))
    const meta = {
      ...raw.snapshot.meta,
      node_fields: fields,
      node_types: ['number', 'number', 'number', 'number', 'string', raw.snapshot.meta.node_types[0]],
      location_fields: undefined,
    }
    const text = JSON.stringify({
      ...raw,
      snapshot: { ...raw.snapshot, meta },
      nodes: rows.flatMap(([type, name, id, size, edges]) => [8 * 2 ** 32, edges, size, id, name, type]),
      edges: raw.edges.map((value, at) => (at % 3 === 2 ? (value / 7) * 6 : value)),
    })
    const columns = await readText(text)
    t.equal(columns.detachedness, null)
    t.equal(columns.locations.nodes.length, 0)
    const asBefore = {
      ...columns,
      detachedness: expectedMini.detachedness,
      locations: expectedMini.locations,
    }
    t.equal(firstDifference(asBefore, expectedMini), null)
  })
  t.test('sizes above 32 bit', async t => {
    const raw = miniSnapshot()
    raw.nodes[10] = 2 ** 40
    raw.nodes[31] = 2 ** 53 - 1
    const { selfSizes } = await readText(textOf(raw))
    t.type(selfSizes, Float64Array)
    t.strictSame([...selfSizes], [0, 2 ** 40, 40, 64, 2 ** 53 - 1, 24, 56, 56, 1e6, 128])
  })
  t.test('strings with bytes outside of ASCII as they are, and any escape', async t => {
    const strings = ['/\\/\\b\\f\\n\\r\\t\\u00E9', 'é☃😀', '\\ud83d\\ude00 \\uDE00', '', '"'].map(text =>
      text === '"' ? '\\"' : text,
    )
    const raw = { snapshot, ...rest, strings: [] }
    const filler = Array.from({ length: 16 }, () => '"x"')
    const text = JSON.stringify(raw).replace(
      '"strings":[]',
      `"strings":[${[...strings.map(one => `"${one}"`), ...filler].join(' , ')}]`,
    )
    const table = (await readText(text)).strings
    t.strictSame(
      strings.map((_, position) => table.get(position)),
      ['//\b\f\n\r\té', 'é☃😀', '😀 \ude00', '', '"'],
    )
    t.equal(table.indexOf('//\b\f\n\r\té'), 0)
    t.equal(table.indexOf('é☃😀'), 1)
    t.equal(table.indexOf('😀 \ude00'), 2)
    t.equal(table.indexOf(''), 3)
    t.equal(table.indexOf('"'), 4)
    t.equal(table.indexOf('x'), 5)
    t.equal(table.indexOf('xx'), -1)
    for (const position of [-1, 21, 0.5, NaN, 2 ** 32]) t.throws(() => table.get(position), RangeError)
  })
  t.test('more strings than a page has, long ones', async t => {
    const strings = [...miniSnapshot().strings, ...Array.from({ length: 40_000 }, (_, at) => `text ${at}`)]
    strings.push('long '.repeat(100_000))
    const table = (await readText(JSON.stringify({ snapshot, ...rest, strings }))).strings
    t.equal(table.length, strings.length)
    t.ok(strings.every((text, position) => table.get(position) === text))
    t.equal(table.indexOf('text 39999'), 40_015)
    t.equal(table.indexOf('long '.repeat(100_000)), 40_016)
  })
  t.test('many rows out of a stream, of which the size is not known', async t => {
    const raw = miniSnapshot()
    const nodeCount = 100_000
    const last = Array.from({ length: nodeCount - 10 }, (_, at) => [
      3,
      6,
      21 + 2 * at,
      8,
      at % 3 === 0 ? 5 : 0,
      0,
      0,
    ])
    const edgeCount = 14 + 5 * last.filter(row => row[4] === 5).length
    raw.snapshot.node_count = nodeCount
    raw.snapshot.edge_count = edgeCount
    raw.nodes = raw.nodes.concat(last.flat())
    for (let edge = 14; edge < edgeCount; edge++) raw.edges.push(1, edge, (edge % nodeCount) * 7)
    const text = textOf(raw)
    t.equal(firstDifference(await readText(text), columnsOfRaw(raw)), null)
  })
})

t.test('progress', async t => {
  const events: SnapshotProgress[] = []
  await readColumns(file, { onProgress: event => events.push(event) })
  const size = readFileSync(file).length
  t.ok(events.every(({ bytesRead, bytesTotal }) => bytesRead > 0 && bytesRead <= size && bytesTotal === size))
  t.equal(events.at(-1)?.bytesRead, size)
  const phases: string[] = []
  await readColumns(inPieces(mini, 16), { onProgress: ({ phase }) => phases.push(phase) })
  t.strictSame(
    phases,
    ['snapshot', 'nodes', 'edges', 'other', 'locations', 'strings', 'other'],
    'one event for each part of a small one',
  )
})

const rejectsWith = async (t: Test, reading: Promise<unknown>, code: string): Promise<IsolateLeakError> => {
  try {
    await reading
  } catch (error) {
    if (!(error instanceof IsolateLeakError)) throw error
    t.equal(error.code, code)
    return error
  }
  throw new Error('expected an error')
}

t.test('abort', async t => {
  const reason = new Error('enough')
  const before = inPieces(mini, 10)
  t.equal(
    (await rejectsWith(t, readColumns(before, { signal: AbortSignal.abort(reason) }), 'ERR_ABORTED')).cause,
    reason,
  )
  t.ok(before.destroyed)
  await rejectsWith(t, readColumns(file, { signal: AbortSignal.abort(reason) }), 'ERR_ABORTED')

  const controller = new AbortController()
  const waiting = new Readable({ read: () => undefined })
  waiting.push(mini.subarray(0, 100))
  setTimeout(() => controller.abort(reason), 50)
  t.equal(
    (await rejectsWith(t, readColumns(waiting, { signal: controller.signal }), 'ERR_ABORTED')).cause,
    reason,
  )
  t.ok(waiting.destroyed, 'a stream that does not deliver')

  const midway = new AbortController()
  const onProgress = (): void => midway.abort(reason)
  await rejectsWith(t, readColumns(file, { signal: midway.signal, onProgress }), 'ERR_ABORTED')
})

t.test('what cannot be read', async t => {
  const missing = await rejectsWith(t, readColumns(join(folder, 'none')), 'ERR_SNAPSHOT_READ')
  t.match(missing.message, /none/)
  t.match(missing.cause, { code: 'ENOENT' })
  t.match((await rejectsWith(t, readColumns(folder), 'ERR_SNAPSHOT_READ')).cause, { code: 'EISDIR' })

  const reason = new Error('line cut')
  const failing = new Readable({ read: () => undefined })
  failing.push(mini.subarray(0, 100))
  setTimeout(() => failing.destroy(reason), 20)
  t.equal((await rejectsWith(t, readColumns(failing), 'ERR_SNAPSHOT_READ')).cause, reason)
  await rejectsWith(t, readColumns(Readable.from([{ no: 'bytes' }])), 'ERR_SNAPSHOT_READ')
  const gone = inPieces(mini, 10)
  gone.destroy()
  await rejectsWith(t, readColumns(gone), 'ERR_SNAPSHOT_READ')
  const packed = createGunzip()
  packed.end(gzipSync(mini).subarray(0, 100))
  await rejectsWith(t, readColumns(packed), 'ERR_SNAPSHOT_READ')

  const throwing = new Error('of the caller')
  const onProgress = (): void => {
    throw throwing
  }
  const stream = inPieces(mini, 10)
  await t.rejects(readColumns(stream, { onProgress }), throwing)
  t.ok(stream.destroyed)
  for (const source of [undefined, 3, {}, Buffer.from('{}')])
    await rejectsWith(t, readColumns(source as unknown as string), 'ERR_OPTION_INVALID')
  const empty = join(folder, 'empty')
  writeFileSync(empty, '')
  await rejectsWith(t, readColumns(empty), 'ERR_SNAPSHOT_INVALID')
})
