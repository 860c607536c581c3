import type { Forecast } from '../types.js'
import { subjectsOf } from '../verdict/arms.js'
import { LOOKS } from '../verdict/looks.js'
import type { DecisionSettings } from '../verdict/types.js'

/** How many trials a run will take when its looks tell at once. */
export function forecast(settings: DecisionSettings): Forecast {
  const agents = settings.agents.length
  const together = settings.together === true && agents > 1
  const look = LOOKS[0]?.trials ?? 1
  const check = settings.retentionMs > 0 ? 1 : 0
  if (settings.strategy === 'halving' && together) {
    const halves = Math.ceil(Math.log2(agents))
    return { clean: 2 * look, oneLeak: 4 * look + halves + check }
  }
  const arms = new Set(subjectsOf(settings).flatMap(({ arm, reference }) => [arm, reference ?? arm]))
  if (together) arms.add('all')
  const clean = arms.size * look
  return { clean, oneLeak: agents === 0 ? null : clean + (together && agents > 2 ? look : 0) + check }
}
