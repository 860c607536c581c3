import { placeText } from '../format/place-text.js'
import type { Component, Culprit, ReportData, ReportedOptions } from '../../types/index.js'
import { formatBytes, formatNumber, formatDuration } from '../format/bytes.js'
import { listFew } from '../format/visible-text.js'
import { list } from '../format/layout.js'
import { perWhat } from '../format/growth.js'
import { componentName, highestHeapBound } from './verdict-lines.js'

const SECONDS_PER_DAY = 86_400
/** Further components are counted. */
const MOST_NAMES = 4
/** Where a sentence of a reason ends and the next one begins. */
export const SENTENCE_END: RegExp = /(?<=\.) (?=[A-Z])/

/** What to do with the verdict, most useful first. */
export function nextSteps(data: ReportData, operationsPerSecond: number): string[] {
  if (data.verdict === 'leak')
    return [...data.culprits.flatMap(culprit => fixSteps(culprit, data)), ...openSteps(data)]
  return data.verdict === 'clean' ? cleanSteps(data, operationsPerSecond) : openSteps(data)
}

/** What is installed: a name may have a version in it. */
function packageOf({ name, package: owner, version }: ReportedOptions['agents'][number]): string {
  const ending = `@${version ?? ''}`
  return owner ?? (name.endsWith(ending) ? name.slice(0, -ending.length) : name)
}

function fixSteps(culprit: Culprit, data: ReportData): string[] {
  if (culprit.kind === 'application') {
    const place = culprit.evidence?.place
    return [
      place === undefined || place === null
        ? 'The application grows without any agent: look there first. Compare two heap snapshots of it, some thousand operations apart (isolate-leak heap diff).'
        : `The application grows without any agent: look there first, at ${placeText(place)}.`,
    ]
  }
  const names = list(culprit.agents)
  const sentence = culprit.evidence?.sentence
  const versions = data.options.agents.filter(
    agent => culprit.agents.includes(agent.name) && agent.version !== null,
  )
  if (culprit.kind === 'interaction') {
    return [`Run ${names} one without the other: together they leak, alone they do not.`]
  }
  const install =
    versions.length > 0
      ? `Install another version of ${list([...new Set(versions.map(packageOf))])} (${list(versions.map(({ version }) => version ?? ''))} leaks here) and run this again: upgrade if the newest is clean, else pin one that is.`
      : `Fix ${names}, or leave it out, and run this again.`
  return [
    install,
    ...otherHalf(culprit, versions.map(packageOf)),
    `Until then switch ${names} off, or restart the process in time.`,
    `To report it, ${sentence === undefined ? '' : `write: "${sentence}" And `}attach the JSON (--json, or JSON.stringify(report)): versions, settings without secrets, all readings.`,
  ]
}

/** Packages of others on the way that holds the memory: what one puts there the other keeps, and either may end it. */
function otherHalf({ evidence }: Culprit, own: readonly string[]): string[] {
  const steps = evidence?.held?.path ?? []
  const others = [evidence?.package, ...steps.map(({ place }) => place?.package)].flatMap(found =>
    found === null || found === undefined || own.includes(found.name)
      ? []
      : [`${found.name} ${found.version}`],
  )
  if (others.length === 0) return []
  const names = list([...new Set(others)])
  return [
    `Try another version of ${names} as well, in the application: the way that holds the memory goes through it, and a leak of two halves ends with either.`,
  ]
}

/** What would settle what is open: for each component its reason, then what helps with all of them. */
export function openSteps(data: ReportData): string[] {
  const open = data.components.filter(component => component.verdict === 'inconclusive')
  return open.length === 0 ? [] : [...reasonsOnce(open), ...sharedSteps(data)]
}

/** The reasons of several components; what is said of several of them is said once, with their names. */
function reasonsOnce(open: readonly Component[]): string[] {
  const sentences = open.map(({ reason }) => reason.split(SENTENCE_END))
  const subjects = new Map<string, string[]>()
  for (const [index, own] of sentences.entries()) {
    for (const sentence of new Set(own)) {
      subjects.set(sentence, [...(subjects.get(sentence) ?? []), componentName(open[index] as Component)])
    }
  }
  const isShared = (sentence: string): boolean => (subjects.get(sentence)?.length ?? 0) > 1
  const own = sentences.map(all => all.filter(sentence => !isShared(sentence)).join(' '))
  const shared = [...subjects].flatMap(([sentence, names]) =>
    names.length < 2 ? [] : [`${listFew(names, MOST_NAMES)}: ${sentence}`],
  )
  return [...own.filter(text => text !== ''), ...shared]
}

/** What helps with all that is open. */
export function sharedSteps(data: ReportData): string[] {
  const next = { quick: 'standard', standard: 'thorough', thorough: null }[data.options.effort]
  const longer =
    next === null ? [] : [`Run again with effort: '${next}': longer trials narrow every interval.`]
  return [...furtherSteps(data), ...(data.next === undefined ? longer : [])]
}

/** Share of the processors' time from which on what others do is worth a word. */
const BUSY = 0.25

/** How much is missing, as numbers. */
function furtherSteps({ next, timings: { totalMs, load } }: ReportData): string[] {
  const steps: string[] = []
  if (next !== undefined) {
    const launches =
      next.launches === 1 ? '1 more launch is' : `${formatNumber(next.launches)} more launches are`
    const budgetMs = Math.ceil((totalMs + 1.5 * next.expectedMs) / 60_000) * 60_000
    steps.push(
      `${launches} missing for the next look, about ${formatDuration(next.expectedMs)}: run it again with budgetMs: ${String(budgetMs)}, or go on with this one (resume, --resume), if it has an outDir.`,
    )
  }
  if (load !== undefined && (load.byOthers ?? 0) >= BUSY) {
    steps.push(
      `Other processes took ${String(Math.round((load.byOthers ?? 0) * 100))}% of the processors meanwhile: where nothing else runs, trials are shorter and their readings agree sooner.`,
    )
  }
  return steps
}

function cleanSteps(data: ReportData, operationsPerSecond: number): string[] {
  const bound = highestHeapBound(data)
  const steps: string[] = []
  const high = bound?.growth.high ?? 0
  if (bound !== null && high > 0) {
    const perSecond = high * (perWhat(bound.growth) === 'second' ? 1 : operationsPerSecond)
    const rate =
      perWhat(bound.growth) === 'second'
        ? ''
        : ` at ${formatNumber(operationsPerSecond, 1)} operations a second`
    steps.push(
      `Nothing to fix. Growth that may remain is below ${formatBytes(perSecond * SECONDS_PER_DAY)} a day${rate} (upper end for ${bound.name}).`,
    )
  }
  if (data.options.effort !== 'thorough') {
    const next = data.options.effort === 'quick' ? 'standard' : 'thorough'
    steps.push(`Smaller or later leaks: run with effort: '${next}', and read what was not exercised.`)
  }
  return steps
}

/** Rate at which growth is given per day where none is told. */
export const DEFAULT_OPERATIONS_PER_SECOND = 100

/** The command that runs the experiment of a report, saved as `report.json`, again. */
export function repeatCommand({ environment }: ReportData): string {
  return `npx isolate-leak@${environment.isolateLeak} replay report.json`
}

/** What the same experiment needs to be the same. */
export function repeatLine({ options, conditions, environment }: ReportData): string {
  const { effort, operations, threshold, seed } = options
  const parts = [
    conditions.workload,
    `${formatNumber(operations)} operations a trial`,
    `leak from ${formatNumber(threshold, 2)} bytes per operation`,
    `effort ${effort}`,
    `seed ${String(seed)}`,
    `Node ${environment.node}`,
    `isolate-leak ${environment.isolateLeak}`,
  ]
  return `${parts.join(', ')}.`
}
