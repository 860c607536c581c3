import type { EstimateSoFar, PlannedTrial, RunEvent, Sample, Verdict } from '../../types/index.js'

/** A trial that is under way. */
export interface RunningTrial {
  readonly info: PlannedTrial
  readonly startedAtMs: number
  readonly ready: boolean
  readonly first: Sample | null
  readonly before: Sample | null
  readonly last: Sample | null
}

/** What is known of a run so far. */
export interface ProgressState {
  /** Trials that were planned until now; more may follow. */
  readonly planned: ReadonlySet<number>
  readonly done: number
  /** Those of them that an earlier run had finished. */
  readonly resumed: number
  readonly running: ReadonlyMap<number, RunningTrial>
  readonly decided: ReadonlyMap<string, Verdict>
  /** What the trials so far show; empty before they were looked at. */
  readonly estimates: readonly EstimateSoFar[]
  /** Trials of the whole run as forecast, the agents as they look now; 0 before the plan. */
  readonly forecast: number
  /** When the first trial began, on the clock of `nowMs`. */
  readonly firstStartMs: number | null
  /** When the planned trials are expected to be over, on the clock of `nowMs`. */
  readonly expectedEndMs: number | null
}

/** Before the first event. */
export const INITIAL_STATE: ProgressState = {
  planned: new Set(),
  done: 0,
  resumed: 0,
  running: new Map(),
  decided: new Map(),
  estimates: [],
  forecast: 0,
  firstStartMs: null,
  expectedEndMs: null,
}

/** The state after an event. */
export function afterEvent(state: ProgressState, event: RunEvent, nowMs: number): ProgressState {
  switch (event.type) {
    case 'plan':
      return {
        ...state,
        planned: new Set([...state.planned, ...event.trials.map(({ id }) => id)]),
        forecast: leaks(state) ? (event.forecast.oneLeak ?? event.forecast.clean) : event.forecast.clean,
        expectedEndMs: event.expectedMs === null ? null : nowMs + event.expectedMs,
      }
    case 'trial-start': {
      const { trial } = event
      const started = { info: trial, startedAtMs: nowMs, ready: false, first: null, before: null, last: null }
      return {
        ...state,
        firstStartMs: state.firstStartMs ?? nowMs,
        planned: new Set([...state.planned, trial.id]),
        running: new Map([...state.running, [trial.id, started]]),
      }
    }
    case 'trial-ready':
      return change(state, event.trial.id, running => ({ ...running, ready: true }))
    case 'trial-sample':
      return change(state, event.trial.id, running => ({
        ...running,
        first: running.first ?? event.sample,
        before: running.last,
        last: event.sample,
      }))
    case 'trial-end': {
      const running = new Map(state.running)
      running.delete(event.trial.id)
      return { ...state, running, done: state.done + 1 }
    }
    case 'verdict':
      return { ...state, decided: new Map([...state.decided, [event.component, event.verdict]]) }
    case 'resume': {
      // Their numbers are not told; what counts is how many there are.
      const planned = Array.from({ length: event.trials }, (_, index) => -1 - index)
      return { ...state, planned: new Set(planned), done: event.trials, resumed: event.trials }
    }
    case 'estimate':
      return { ...state, estimates: event.components }
    case 'node':
    case 'upgrade':
      return INITIAL_STATE
    case 'first-answers':
    case 'install':
    case 'warning':
      return state
  }
}

function change(
  state: ProgressState,
  id: number,
  update: (running: RunningTrial) => RunningTrial,
): ProgressState {
  const running = state.running.get(id)
  return running === undefined
    ? state
    : { ...state, running: new Map([...state.running, [id, update(running)]]) }
}

function leaks({ estimates, decided }: ProgressState): boolean {
  return (
    estimates.some(({ verdict }) => verdict === 'leak') ||
    [...decided.values()].some(verdict => verdict === 'leak')
  )
}

/** Trials that the run is expected to make: those forecast, or more where more are planned. */
export function trialsInAll({ planned, forecast, done }: ProgressState): number {
  return Math.max(planned.size, forecast, done)
}

/** Share of all trials that is done, running ones by their operations, 0 to 1. */
export function share(state: ProgressState): number {
  const total = trialsInAll(state)
  if (total === 0) return 0
  let done = state.done
  for (const { info, last } of state.running.values())
    done += Math.min(1, (last?.operations ?? 0) / info.operations)
  return Math.min(1, done / total)
}
