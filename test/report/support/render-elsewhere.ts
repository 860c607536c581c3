import { freezeDeeply } from '../../../lib/options/freeze-deeply.js'
import type { ReportData } from '../../../lib/types/index.js'

const ENV = {
  ...{ TZ: 'Pacific/Kiritimati', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
  ...{ COLUMNS: '30', FORCE_COLOR: '3', CI: 'true', GITHUB_ACTIONS: 'true' },
}
const YEAR_MS = 365 * 86_400_000

/**
 * The text that a reporter gives of an equal report on another machine: a year later, in another time zone, by other chance. Throws where
 * it changes the report.
 */
export const renderElsewhere = (render: (report: ReportData) => string, report: ReportData): string => {
  const before = new Map(Object.keys(ENV).map(name => [name, process.env[name]]))
  const [RealDate, random] = [Date, Math.random]
  class LaterDate extends RealDate {
    constructor(...given: [] | [number | string]) {
      if (given.length === 0) super(RealDate.now() + YEAR_MS)
      else super(given[0])
    }
    static override now(): number {
      return RealDate.now() + YEAR_MS
    }
  }
  try {
    Object.assign(process.env, ENV)
    Object.assign(globalThis, { Date: LaterDate })
    Math.random = () => 0.123
    return render(freezeDeeply(structuredClone(report)))
  } finally {
    Object.assign(globalThis, { Date: RealDate })
    Math.random = random
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }
  }
}
