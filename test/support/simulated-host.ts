import { setImmediate as aWhile } from 'node:timers/promises'
import { OPEN_HOST, type OpenHost } from '../../lib/options/open-host.js'
import type { openTrialHost, TrialHost } from '../../lib/trial/trial-host.js'
import type { Captured, TrialFailure, TrialResult, TrialSpec } from '../../lib/trial/types.js'
import type { PlannedTrial, Sample } from '../../lib/types/index.js'
import { simulatedTrial, type Behaviour } from './simulated-trial.js'

/** How an application behaves that is launched like this, or why it could not be measured. */
export type Behave = (spec: TrialSpec) => Behaviour | Partial<TrialFailure>

/** Runs of trials that no process takes part in. */
export interface SimulatedHosts {
  /** To be spread into the options of a call. */
  readonly option: { readonly [OPEN_HOST]: OpenHost }
  /** Everything that was launched, in order. */
  readonly launched: readonly TrialSpec[]
  /** Trials that went on with the application of another. */
  readonly continued: readonly (TrialSpec & { readonly continues: number })[]
  /** Hosts that nobody has closed, and applications that wait to be gone on with. */
  readonly left: { readonly hosts: number; readonly parked: number }
}

/** A plan that asks for more does not come to its end. */
const MOST_TRIALS = 400

/** Whether the application is launched with a file that has this in its path: what is on, whatever the plan says. */
export const loads = ({ launch }: TrialSpec, part: string): boolean =>
  launch.nodeArgs.some(arg => arg.includes(part))

/**
 * Hosts of which every trial goes as `behave` says.
 * @param before told of every trial before it begins; what it throws is the end of the caller, as a kill is
 */
export const simulatedHosts = (
  behave: Behave,
  before: (trial: PlannedTrial) => void = () => undefined,
): SimulatedHosts => {
  const launched: TrialSpec[] = []
  const continued: (TrialSpec & { readonly continues: number })[] = []
  const parked = new Map<number, Sample[]>()
  let hosts = 0
  const openHost: typeof openTrialHost = () => {
    hosts++
    const own = new Set<number>()
    let aborted = false
    const perform = async (
      spec: TrialSpec,
      {
        observer,
        continues,
        before = [],
      }: {
        observer: Parameters<TrialHost['run']>[1]
        continues?: number
        before?: readonly Sample[]
      },
    ): Promise<TrialResult> => {
      await observer.turn()
      await aWhile()
      if (aborted) return { kind: 'failure', failure: failure({ kind: 'aborted' }) }
      observer.ready('http://127.0.0.1:1/')
      const behaviour = behave(spec)
      if (!('curves' in behaviour)) return { kind: 'failure', failure: failure(behaviour) }
      const made = simulatedTrial(plannedOf(spec), behaviour, before)
      const record = continues === undefined ? made : { ...made, continues }
      for (const sample of record.samples) observer.sample(sample)
      if (spec.evidence !== null) return { kind: 'record', record, captured: behaviour.captured ?? nothing }
      if (spec.park) {
        own.add(spec.id)
        parked.set(spec.id, [...record.samples])
      }
      return { kind: 'record', record }
    }
    const release = (id: number): void => {
      own.delete(id)
      parked.delete(id)
    }
    return {
      run: async (spec, observer) => {
        before(plannedOf(spec))
        launched.push(spec)
        if (launched.length > MOST_TRIALS) throw new Error('the plan never ends')
        return perform(spec, { observer })
      },
      resume: async (spec, continues, observer) => {
        const samples = parked.get(continues)
        if (samples === undefined) throw new Error(`expected trial ${String(continues)} to wait`)
        before(plannedOf(spec))
        continued.push({ ...spec, continues })
        release(continues)
        return perform(spec, { observer, continues, before: samples })
      },
      release,
      abort: () => {
        aborted = true
      },
      close: async () => {
        hosts--
        for (const id of own) release(id)
        return Promise.resolve()
      },
    }
  }
  return {
    option: { [OPEN_HOST]: openHost },
    launched,
    continued,
    get left() {
      return { hosts, parked: parked.size }
    },
  }
}

const plannedOf = ({ id, agents, backend, purpose, operations }: TrialSpec): PlannedTrial => ({
  ...{ id, agents, backend, purpose, operations },
})

const failure = (more: Partial<TrialFailure>): TrialFailure => ({
  ...{ phase: 'ready', kind: 'crashed', message: 'made to fail', exitCode: 1, signal: null, output: '' },
  ...more,
})

const nothing: Captured = {
  ...{ snapshots: [], heap: null, comparable: true, refused: 'they are simulated' },
  ...{ allocations: [], resources: [] },
}
