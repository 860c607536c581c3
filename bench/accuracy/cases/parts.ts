import type { Metric } from 'isolate-leak'
import { installed } from '../../../test/support/install-agents.js'
import { projectPath } from '../../../test/support/project-path.js'
import { expressFolder } from '../../../test/support/real-agents.js'
import type { AccuracyCase, CaseAgent, CaseSubject, CaseWorkload, Truth } from './types.js'

/** Settings of a case apart from what is launched. */
export type CaseRest = Omit<AccuracyCase, 'subject' | 'workload'> & { readonly workload?: CaseWorkload }

/** A different order in each request. */
export const orders: CaseWorkload = { kind: 'http', path: index => `/orders/${index.toString()}` }

export const application = (name: string): string => projectPath('bench', 'accuracy', 'apps', name)

export const preload = (name: string): string => projectPath('bench', 'accuracy', 'preloads', name)

/** The order service, or one of its kind, with what it needs in its environment. */
export const orderService = async (
  agent: CaseAgent,
  env: Readonly<Record<string, string>> = {},
  file = 'orders.cjs',
): Promise<CaseSubject> => ({
  entry: { file: application(file), env: { EXPRESS_FOLDER: await expressFolder(), ...env } },
  agents: [agent],
})

/** A preload of this bench that finds its packages through a variable. */
export const wired = async (
  name: string,
  file: string,
  variable: string,
  specs: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CaseAgent> => ({
  name,
  require: preload(file),
  env: { [variable]: await installed(specs), ...env },
})

/** Growth seen once by hand, in bytes: another application of the same kind may be off by a factor of two. */
export const seenByHand = (component: string, perOperation: number, metric: Metric = 'heap'): Truth => ({
  ...{ component, metric, unit: 'bytes/operation', perOperation, source: 'by hand' },
  low: perOperation / 2,
  high: perOperation * 2,
})
