import t from 'tap'
import { CONFIGURATIONS } from '../../bench/recorded/configurations.js'
import { draw, isEnough, type Drawn } from '../../bench/recorded/draw.js'
import { readRecording } from '../../bench/recorded/recording.js'

const CALLS = 60
const EFFORT = { operations: 5120, threshold: 64 } as const

const recordings = CONFIGURATIONS.map(({ name }) => readRecording(name))
const alone = recordings.flatMap(({ trials }) => trials)

for (const recording of recordings) {
  for (const busy of [false, true]) {
    t.test(`${recording.name}, recorded on a ${busy ? 'busy' : 'quiet'} machine`, async t => {
      t.ok(isEnough(recording, busy))
      const drawn = (times: number): Drawn =>
        draw({ recording, busy, alone, calls: CALLS, added: times * EFFORT.threshold, ...EFFORT })
      const told = (of: Drawn): string => JSON.stringify([of.counts, of.undecidedBy])
      const { counts, application } = drawn(0)
      t.equal(application.leak, 0, 'the application is never accused')
      if (recording.leaks !== null) {
        t.equal(counts.leak, CALLS, told(drawn(0)))
        return
      }
      t.equal(counts.leak, 0, 'nor is the agent')
      t.ok(counts.inconclusive <= (busy ? 0.1 : 0.03) * CALLS, told(drawn(0)))
      const twice = drawn(2)
      t.ok(twice.counts.leak >= 0.98 * CALLS && twice.counts.clean === 0, told(twice))
      const tenfold = drawn(10)
      t.equal(tenfold.counts.leak, CALLS, told(tenfold))
    })
  }
}
