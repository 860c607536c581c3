import { ddTrace, otelAuto } from '../../../test/support/real-agents.js'
import { application, orders, orderService, preload } from './parts.js'
import type { AccuracyCase, BackendSetting, CaseAgent, CaseWorkload } from './types.js'

/** Identical harmless agents in one call: few enough that each is judged by itself. */
const AGENTS = 4

/** Verdicts of one call: those of the agents and of the application, all harmless. */
export const VERDICTS_PER_CALL: number = AGENTS + 1

const harmless = (file: string): readonly CaseAgent[] =>
  Array.from({ length: AGENTS }, (_, index) => ({
    name: `harmless ${(index + 1).toString()}`,
    require: preload(file),
  }))

interface Carried {
  readonly name: string
  /** Calls inside the application instead of requests: many in little time. */
  readonly workload?: CaseWorkload
  readonly collector?: BackendSetting
  /** The agent that is part of the application. */
  readonly agent?: (url: string) => Promise<CaseAgent>
}

const nothing: Carried = { name: 'plain' }
const calls: Carried = { name: 'calls', workload: { kind: 'in-app', module: application('price.mjs') } }
const datadog: Carried = {
  name: 'dd-trace',
  collector: { behaves: 'up', reports: 'datadog' },
  agent: url => ddTrace('5.132.0', url),
}
const otel: Carried = { name: 'otel', collector: { behaves: 'up', reports: 'otlp' }, agent: otelAuto }

/** Of ten applications six are called, two get requests, one carries dd-trace as well and one OpenTelemetry. */
const turns: readonly Carried[] = [
  ...[nothing, calls, calls, calls, datadog],
  ...[nothing, calls, calls, calls, otel],
]

const call = (index: number): AccuracyCase => {
  const { name, workload, collector, agent } = turns[index % turns.length] ?? nothing
  const agents = harmless(workload === undefined ? 'harmless.cjs' : 'harmless-calls.cjs')
  return {
    id: `a-a/${index.toString().padStart(3, '0')}-${name}`,
    group: 'a-a',
    about: `${AGENTS.toString()} identical harmless agents; the application carries ${agent ? name : 'nothing'}`,
    workload: workload ?? orders,
    ...(collector === undefined ? {} : { backends: { collector } }),
    expected: [],
    subject: async ({ collector }) => {
      const subject = await orderService(agents[0]!)
      const carried = await agent?.(collector?.url ?? '')
      const entry =
        carried === undefined
          ? subject.entry
          : {
              ...subject.entry,
              nodeArgs: ['--require', carried.require],
              env: { ...subject.entry.env, ...carried.env },
            }
      return { entry, agents }
    },
  }
}

/** So many calls that at least `verdicts` harmless components are judged. */
export const aaCases = (verdicts: number): readonly AccuracyCase[] =>
  Array.from({ length: Math.ceil(verdicts / VERDICTS_PER_CALL) }, (_, index) => call(index))
