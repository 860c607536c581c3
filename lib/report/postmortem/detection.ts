import { judgedTrials } from '../judged.js'
import { measuredLaunches } from '../launches.js'
import { markdownTable, prose } from '../markdown/markdown-text.js'
import { formatNumber } from '../format/bytes.js'
import { amountText, growthText } from '../format/growth.js'
import { perWhat } from '../format/metric-names.js'
import { otherMetrics } from '../text/components-table.js'
import { runLines } from '../text/run-lines.js'
import { surenessLines } from '../text/sureness.js'
import { confidence } from '../text/verdict-lines.js'
import type { Component, ReportData } from '../../types/index.js'

/** What was run, how sure it is, and what it would have missed. */
export function detectionLines(data: ReportData): string[] {
  const measured = measuredLaunches(data.trials).length
  return [
    `- ${formatNumber(measured)} trials measured, ${formatNumber(data.trials.filter(({ continues }) => continues === undefined).length)} launches in all.`,
    ...surenessLines(data).map(line => `- ${prose(line)}`),
    '- **Who or what noticed the incident first: an alarm, a restart, a customer? Could this check have come before?**',
    '',
    ...componentTable(data),
    '',
    ...otherMetrics(data).map(line => `- Other metrics: ${prose(line)}`),
    ...(data.warnings.length === 0 ? [] : ['', 'Warnings:', '', ...warningLines(data)]),
    '',
    '### What was run',
    '',
    ...runLines(data).map(([label, text]) => `- ${prose(label)}: ${prose(text)}`),
    '',
    '### What would have been missed',
    '',
    `- growth below what counts as a leak (the column "leak from")`,
    ...data.conditions.notExercised.map(line => `- ${prose(line)}`),
  ]
}

function componentTable(data: ReportData): readonly string[] {
  const per = perWhat(data.components[0]?.growth ?? { ...NOTHING })
  const rows = data.components.flatMap(component =>
    component.conditions === undefined
      ? [row(component, component.name, data)]
      : component.conditions.map(part =>
          row({ ...component, ...part }, `${component.name}, collector ${part.backend}`, data),
        ),
  )
  const headings = [
    'component',
    'verdict',
    `heap per ${per}`,
    `${confidence(data)} interval`,
    'leak from',
    'trials',
  ]
  return markdownTable(headings, rows)
}

const NOTHING = { estimate: 0, low: 0, high: 0, unit: 'bytes/operation' } as const

function row(component: Component, name: string, { options }: ReportData): string[] {
  const { amount, interval } = growthText(component.growth)
  const threshold = component.metrics.find(({ metric }) => metric === 'heap')?.threshold ?? options.threshold
  return [
    prose(name),
    component.verdict === 'leak' ? '**leak**' : component.verdict,
    amount,
    interval,
    amountText(threshold, component.growth),
    String(judgedTrials(component)),
  ]
}

function warningLines({ warnings }: ReportData): string[] {
  const lines = warnings.map(({ code, message }) => `- ${prose(`${message} (${code})`)}`)
  return [...new Set(lines)]
}
