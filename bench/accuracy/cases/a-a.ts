import { ddTrace, otelAuto } from '../../../test/support/real-agents.js'
import { orders, orderService, preload } from './parts.js'
import type { AccuracyCase, BackendSetting, CaseAgent } from './types.js'

/** Identical harmless agents in one call: few enough that each is judged by itself. */
const AGENTS = 4

/** Verdicts of one call: those of the agents and of the application, all harmless. */
export const VERDICTS_PER_CALL: number = AGENTS + 1

const harmless: readonly CaseAgent[] = Array.from({ length: AGENTS }, (_, index) => ({
  name: `harmless ${(index + 1).toString()}`,
  require: preload('harmless.cjs'),
}))

interface Carried {
  readonly name: string
  readonly collector?: BackendSetting
  /** The agent that is part of the application. */
  readonly agent?: (url: string) => Promise<CaseAgent>
}

const nothing: Carried = { name: 'plain' }
const datadog: Carried = {
  name: 'dd-trace',
  collector: { behaves: 'up', reports: 'datadog' },
  agent: url => ddTrace('5.132.0', url),
}
const otel: Carried = { name: 'otel', collector: { behaves: 'up', reports: 'otlp' }, agent: otelAuto }

/** Of five applications three carry nothing, one dd-trace, one OpenTelemetry. */
const turns: readonly Carried[] = [nothing, datadog, nothing, otel, nothing]

const call = (index: number): AccuracyCase => {
  const { name, collector, agent } = turns[index % turns.length] ?? nothing
  return {
    id: `a-a/${index.toString().padStart(3, '0')}-${name}`,
    group: 'a-a',
    about: `${AGENTS.toString()} identical harmless agents; the application carries ${agent ? name : 'nothing'}`,
    workload: orders,
    ...(collector === undefined ? {} : { backends: { collector } }),
    expected: [],
    subject: async ({ collector }) => {
      const subject = await orderService(harmless[0]!)
      const carried = await agent?.(collector?.url ?? '')
      const entry =
        carried === undefined
          ? subject.entry
          : {
              ...subject.entry,
              nodeArgs: ['--require', carried.require],
              env: { ...subject.entry.env, ...carried.env },
            }
      return { entry, agents: harmless }
    },
  }
}

/** So many calls that at least `verdicts` harmless components are judged. */
export const aaCases = (verdicts: number): readonly AccuracyCase[] =>
  Array.from({ length: Math.ceil(verdicts / VERDICTS_PER_CALL) }, (_, index) => call(index))
