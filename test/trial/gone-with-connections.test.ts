import t from 'tap'
import { goneWithConnections, type TimedReading } from '../../lib/trial/series.js'
import type { Reading } from '../../lib/probe/protocol.cjs'

/** Heap in MB and descriptors, a quarter of a second apart. */
const readings = (...given: readonly (readonly [number, number | null, number?])[]): TimedReading[] => {
  let atMs = 0
  return given.map(([heap, descriptors, afterMs = 250]) => {
    atMs += afterMs
    const reading = { heapUsed: heap * 1e6 + 700_000, compiledCode: 700_000, descriptors } as Reading
    return { atMs, reading }
  })
}

t.test('heap that goes as connections close is told from what is flushed', async t => {
  const closed = goneWithConnections(readings([90, 42], [90, 42], [90, 26], [8, 26], [8, 26]))
  t.equal(closed, 82e6 - 16 * 16_384, 'it may be let go of a moment later')
  t.equal(goneWithConnections(readings([90, 42], [8, 42], [8, 42], [8, 26])), 0, 'flushed before')
  t.equal(goneWithConnections(readings([90, 42], [90, 26], [90, 26], [90, 26], [8, 26])), 0, 'flushed after')
  t.equal(goneWithConnections(readings([90, 42], [8, 26, 6_000])), 0, 'nobody knows what came first')
  t.equal(
    goneWithConnections(readings([8.2, 42], [8, 26], [8, 26])),
    0,
    'what connections take by themselves',
  )
  t.equal(goneWithConnections(readings([90, null], [8, null])), 0, 'not told by the platform')
  t.equal(goneWithConnections(readings([90, 26], [94, 30], [90, 42])), 0, 'opened')
  t.equal(goneWithConnections([]), 0)
})
