import type { Metric, Sample, TrialRecord } from '../../../lib/types/index.js'

const MB = 1_000_000
const GRID = [0, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1]

export interface TrialShape {
  readonly id: number
  readonly agents: readonly string[]
  readonly backend?: TrialRecord['backend']
  readonly purpose?: TrialRecord['purpose']
  readonly operations?: number
  readonly startBytes: number
  readonly heapPerOperation: number
  readonly fdsPerOperation?: number
  readonly outcome?: TrialRecord['outcome']
  readonly loadedAgents?: TrialRecord['loadedAgents']
  readonly warnings?: TrialRecord['warnings']
}

/** A trial whose heap grows evenly. */
export function trial(shape: TrialShape): TrialRecord {
  const { id, agents, purpose = 'measure', operations = 20_480 } = shape
  const grid = GRID.map(part => sample(shape, Math.round(part * operations), 'grid'))
  const retained = purpose === 'retention' ? [sample(shape, operations * 1.125, 'retained')] : []
  return {
    id,
    agents,
    backend: shape.backend ?? 'up',
    purpose,
    operations,
    outcome: shape.outcome ?? { kind: 'completed' },
    samples: [...grid, ...retained],
    counts: { performed: operations, failed: 0, byStatus: { 200: operations } },
    loadedAgents: shape.loadedAgents ?? [],
    nodeVersion: '20.20.2',
    heapLimitBytes: 4_345_298_944,
    holdMs: 0,
    warnings: shape.warnings ?? [],
    timings: { readyMs: 1200, loadMs: 14_300, settleMs: 4100, totalMs: 20_100 },
  }
}

function sample(shape: TrialShape, operations: number, kind: Sample['kind']): Sample {
  const values: Record<Metric, number | null> = {
    heap: Math.round(shape.startBytes + operations * shape.heapPerOperation),
    arrayBuffers: 18_320,
    external: 2_100_000,
    code: 900_000,
    rss: 90 * MB + operations * shape.heapPerOperation,
    handles: 3,
    listeners: 4,
    fds: 22 + Math.round(operations * (shape.fdsPerOperation ?? 0)),
    threads: 11,
    contexts: 1,
  }
  return {
    operations,
    elapsedMs: 1500 + operations,
    kind,
    settled: true,
    spreadBytes: 96,
    externalSpreadBytes: 0,
    readings: 3,
    values,
    resources: { TCPSocketWrap: 1, Timeout: 2 },
    children: 0,
    workers: 0,
  }
}
