import { http, idle, inApp, type Workload } from 'isolate-leak'
import type { CaseWorkload } from './cases/types.js'

/** What drives a case. */
export const workloadOf = (workload: CaseWorkload): Workload => {
  switch (workload.kind) {
    case 'http':
      return http({ path: workload.path })
    case 'in-app':
      return inApp(workload.module)
    case 'idle':
      return idle()
  }
}
