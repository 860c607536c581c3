import type { SeededCase } from '../../../test/support/seeded-cases.js'
import { seededCases } from '../../../test/support/seeded-cases.js'
import { projectPath } from '../../../test/support/project-path.js'
import type { AccuracyCase, CaseWorkload, Changed, Truth } from './types.js'

const STANDARD_OPERATIONS = 20_480
const STANDARD_BYTES = 16
/** Share by which an estimate may differ from what a case is built to keep: containers grow in steps. */
const TOLERANCE = 0.3

interface Setting {
  readonly entry: string
  readonly workload: 'http' | 'idle'
  readonly applicationLeaks: boolean
}

const plain: Setting = { entry: 'plain-server.cjs', workload: 'http', applicationLeaks: false }

const workloads: Readonly<Record<Setting['workload'], CaseWorkload>> = {
  http: { kind: 'http', path: () => '/' },
  idle: { kind: 'idle' },
}

const finer: Changed = {
  options: { effort: 'thorough' },
  because: 'what the leak keeps is less than the threshold of standard effort',
}

const truthOf = ({ name, metric, perOperation }: SeededCase, idle: boolean): Truth | undefined => {
  if (perOperation === undefined) return undefined
  const amount = /^(heap|arrayBuffers|external|code|rss)$/.test(metric) ? 'bytes' : 'count'
  return {
    ...{ component: name, metric, perOperation, source: 'built in' },
    unit: `${amount}/${idle ? 'second' : 'operation'}`,
    low: perOperation * (1 - TOLERANCE),
    high: perOperation * (1 + TOLERANCE),
  }
}

/** What happens at a certain operation happens at the same share of a standard trial. */
const scaled = ({ env = {}, scale }: SeededCase): Record<string, string> => {
  const at = Number(env.SEEDED_STEP_AT)
  if (!Number.isFinite(at)) return { ...env }
  return { ...env, SEEDED_STEP_AT: Math.round((at / scale.operations) * STANDARD_OPERATIONS).toString() }
}

const toCase = (seeded: SeededCase & { readonly setting?: Setting }): AccuracyCase => {
  const { name, leaks, twinOf, file } = seeded
  const setting: Setting = { ...plain, ...seeded.setting }
  const idle = setting.workload === 'idle'
  const truth = truthOf(seeded, idle)
  const application = setting.applicationLeaks ? ['application'] : []
  const isFine = !idle && seeded.scale.threshold < STANDARD_BYTES
  return {
    id: `${leaks ? 'made-up' : 'twin'}/${name}${setting.applicationLeaks ? '-on-leaking' : ''}`,
    group: leaks ? 'made-up' : 'twin',
    about: twinOf === undefined ? `keeps ${seeded.metric}` : `resembles ${twinOf}`,
    workload: workloads[setting.workload],
    expected: leaks ? [...application, name] : application,
    ...(truth === undefined ? {} : { truth }),
    ...(isFine ? { changed: finer } : {}),
    subject: () => ({
      entry: { file: projectPath('test', 'fixtures', 'apps', setting.entry) },
      agents: [{ name, require: file, env: scaled(seeded) }],
    }),
  }
}

/** The made-up leaks and their harmless twins, at standard effort. */
export const madeUpCases: readonly AccuracyCase[] = seededCases.map(toCase)
