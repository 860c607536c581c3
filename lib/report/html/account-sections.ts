import type { ReportData } from '../../types/index.js'
import { markup, type Markup } from '../charts/markup.js'
import { nextSteps } from '../text/next-steps.js'
import { surenessLines } from '../text/sureness.js'
import { warningLines } from '../text/warning-lines.js'
import { bullets, type Section } from './blocks.js'

/** Why the verdict can be trusted, and how far. */
export function surenessSection(data: ReportData): Section | null {
  return section('sureness', 'How sure', bullets(surenessLines(data)))
}

/** What was exercised, and what was not. */
export function conditionsSection({ conditions }: ReportData): Section {
  const { workload, exercised, notExercised } = conditions
  return {
    id: 'conditions',
    title: 'What was exercised, and what was not',
    body: markup`<div class="columns"><div><h3>Exercised</h3>${bullets([workload, ...exercised], 'bullets did')}</div><div><h3>Not exercised</h3>${bullets(notExercised, 'bullets did-not')}</div></div>`,
  }
}

export function warningsSection({ warnings }: ReportData): Section | null {
  return section('warnings', 'Warnings', bullets(warningLines(warnings), 'bullets warnings'))
}

export function nextSection(data: ReportData, operationsPerSecond: number): Section | null {
  const steps = nextSteps(data, operationsPerSecond)
  return section(
    'next',
    'What to do next',
    steps.length === 0 ? null : markup`<ol class="steps">${steps.map(step => markup`<li>${step}</li>`)}</ol>`,
  )
}

function section(id: string, title: string, body: Markup | null): Section | null {
  return body === null ? null : { id, title, body }
}
