import { screen, SCREEN, type BriefOptions } from '../../report/brief-text.js'
import { clip } from '../../report/format/clip.js'
import { amountText } from '../../report/format/growth.js'
import { withShortNames } from '../../report/text/short-names.js'
import type { UpgradeData } from './types.js'
import { differenceSentence, sidesTable, upgradeHeadline } from './upgrade-text.js'

/** The account on one screen, for a test that fails: see `briefText`. */
export function upgradeBrief(data: UpgradeData, options: BriefOptions = {}): string {
  const { width } = SCREEN
  const lines = [
    ...clip(upgradeHeadline(data), width, 2),
    ...sidesTable(data, width - 2).map(line => `  ${line}`),
    ...clip(`${differenceSentence(data)}. ${thresholdSentence(data)}`, width, 2),
  ]
  return screen(lines, withShortNames(data.report), options)
}

function thresholdSentence({ report: { options }, to }: UpgradeData): string {
  return `Heap that grows by ${amountText(options.threshold, to.component.growth)} or more counts as a leak.`
}
