import type { Reporter } from '../reporter.js'
import { markup } from '../charts/markup.js'
import { conditionsSection, nextSection, surenessSection, warningsSection } from './account-sections.js'
import { evidenceSection } from './evidence-section.js'
import { growthSection, memorySection, metricsSection } from './growth-section.js'
import { page } from './page.js'
import { repeatSection } from './repeat-section.js'
import { trialsSection } from './trials-section.js'
import { verdictHeader } from './verdict-header.js'

/**
 * The report as one HTML page for people: nothing is loaded from elsewhere, nothing is executed, and what comes from the
 * report is escaped.
 */
export const htmlReport: Reporter = (report, { operationsPerSecond = 100 } = {}) => {
  const sections = [
    growthSection(report),
    memorySection(report),
    metricsSection(report),
    evidenceSection(report),
    surenessSection(report),
    conditionsSection(report),
    warningsSection(report),
    nextSection(report, operationsPerSecond),
    repeatSection(report),
    trialsSection(report),
  ].filter(section => section !== null)
  return page(report, markup`${verdictHeader(report, operationsPerSecond)}`, sections)
}
