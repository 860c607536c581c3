import { Readable } from 'node:stream'
import t from 'tap'
import { generateSnapshot } from '../../../bench/fuzz/generate.js'
import { checkCase } from '../../../bench/fuzz/check-case.js'
import { readColumns } from '../../../lib/heap/parse/read-columns.js'
import { mulberry32 } from '../../../lib/decide/stats/random.js'
import { miniSnapshot, textOf } from '../../support/mini-snapshot.js'
import fc from '../../support/seeded-fast-check.js'

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 })

t.test('every right snapshot is read as JSON.parse does, however it is cut', async () => {
  const isRead = async (graph: number, pieces: number): Promise<void> => {
    const outcome = await checkCase(Buffer.from(generateSnapshot(mulberry32(graph))), mulberry32(pieces))
    if (outcome.invalid !== null || outcome.find !== null)
      throw new Error(outcome.invalid ?? outcome.find ?? '')
  }
  await fc.assert(fc.asyncProperty(seed, seed, isRead), { numRuns: 150 })
})

t.test('any byte may be another: it is read or invalid, in all pieces alike', async () => {
  const bytes = Buffer.from(textOf(miniSnapshot()))
  const at = fc.integer({ min: 0, max: bytes.length - 1 })
  const holds = async (position: number, byte: number, pieces: number): Promise<void> => {
    const changed = Buffer.from(bytes)
    changed[position] = byte
    const { find } = await checkCase(changed, mulberry32(pieces))
    if (find !== null) throw new Error(find)
  }
  await fc.assert(fc.asyncProperty(at, fc.integer({ min: 0, max: 255 }), seed, holds), { numRuns: 300 })
})

t.test('strings come back, and are found', async () => {
  const { snapshot, ...rest } = miniSnapshot()
  const isSame = async (texts: string[], asAscii: boolean): Promise<void> => {
    const strings = [...texts, ...rest.strings]
    const escaped = asAscii
      ? textOf({ ...rest, snapshot, strings })
      : JSON.stringify({ snapshot, ...rest, strings })
    const table = (await readColumns(Readable.from([Buffer.from(escaped)]))).strings
    for (const [position, text] of strings.entries()) {
      if (table.get(position) !== text)
        throw new Error(`${JSON.stringify(table.get(position))} at ${position}`)
      if (table.indexOf(text) !== strings.indexOf(text))
        throw new Error(`${table.indexOf(text)} of ${position}`)
    }
  }
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constant('\udc00\ud800'),
  )
  await fc.assert(fc.asyncProperty(fc.array(text), fc.boolean(), isSame), { numRuns: 300 })
})
