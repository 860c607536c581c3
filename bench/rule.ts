/**
 * How often the decision rule is right, on simulated trials: `npx tsc -p bench && node .cache/bench/bench/rule.js`.
 *
 *   --part NAME      scenarios, efforts, harmless; may be repeated (default: all)
 *   --scenario TEXT  only scenarios whose name contains it; may be repeated
 *   --noise TEXT     only noises whose name contains it; may be repeated
 *   --runs NUMBER    calls a cell (default 400)
 *   --json FILE      also writes the figures there
 *
 * `scenarios`: shapes of growth at standard effort. `efforts`: harmless agents, growth at the threshold, leaks of twice the
 * threshold, and the smallest leak found in 99 of 100 calls, at each effort. `harmless`: calls with several agents that accuse one.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { NOISES, growthDeviation } from './rule/noise.js'
import type { Noise } from './rule/noise.js'
import { SCENARIOS } from './rule/scenarios.js'
import { SCALES, simulate } from './rule/simulate.js'
import type { Outcome, Scale } from './rule/simulate.js'
import { smallestLeak, steadyLeak } from './rule/smallest-leak.js'
import { LOOKS } from '../lib/decide/rule/looks.js'

const { values: given } = parseArgs({
  options: {
    part: { type: 'string', multiple: true, default: ['scenarios', 'efforts', 'harmless'] },
    scenario: { type: 'string', multiple: true, default: [''] },
    noise: { type: 'string', multiple: true, default: [''] },
    runs: { type: 'string', default: '400' },
    json: { type: 'string' },
  },
})
const runs = Number(given.runs)
const chosen = (name: string, texts: readonly string[]): boolean => texts.some(text => name.includes(text))
const noises = NOISES.filter(({ name }) => chosen(name, given.noise))
const scenarios = SCENARIOS.filter(({ name }) => chosen(name, given.scenario))
const standard = SCALES.find(({ effort }) => effort === 'standard') as Scale

/** One line of a table. */
interface Cell {
  readonly part: string
  readonly name: string
  readonly wanted: string
  readonly effort: string
  readonly noise: string
  readonly agents: number
  readonly outcome: Outcome
  readonly [more: string]: unknown
}

const cells: Cell[] = []

const heading = `${'wanted'.padEnd(9)}   leak  clean   open   launches an arm (operations, in trials of N)`

function row(label: string, cell: Cell): void {
  cells.push(cell)
  const { counts, runs: of, trialsPerArm, operationsPerArm } = cell.outcome
  const shares = [counts.leak, counts.clean, counts.inconclusive]
    .map(count => ((100 * count) / of).toFixed(1).padStart(6))
    .join(' ')
  const effort = `${trialsPerArm.toFixed(1).padStart(5)} (${operationsPerArm.toFixed(1)})`
  console.log(`${label} ${cell.wanted.padEnd(9)} ${shares}  ${effort}`)
}

function shapes(noise: Noise): void {
  const { effort, operations, threshold } = standard
  console.log(`\n${noise.name}; threshold ${threshold} B/op, N ${operations}, ${runs} calls a line`)
  console.log(`${''.padEnd(56)} ${heading}`)
  for (const scenario of scenarios) {
    const { name, wanted } = scenario
    const outcome = simulate({ scale: standard, noise, scenario, agents: 1, runs })
    row(name.padEnd(56), { part: 'scenarios', name, wanted, effort, noise: noise.name, agents: 1, outcome })
  }
}

const SIZES = [
  { name: 'no growth', multiple: 0, wanted: 'clean' },
  { name: 'growth at the threshold', multiple: 1, wanted: 'not leak' },
  { name: 'leak of twice the threshold', multiple: 2, wanted: 'leak' },
] as const

function effort(scale: Scale, noise: Noise): void {
  const deviation = growthDeviation(noise, scale.operations)
  const label = (name: string): string =>
    [scale.effort.padEnd(9), deviation.toFixed(2).padStart(6), name.padEnd(34)].join(' ')
  const cell = { part: 'efforts', effort: scale.effort, noise: noise.name, agents: 1, deviation } as const
  for (const { name, multiple, wanted } of SIZES) {
    const outcome = steadyLeak(scale, noise, multiple * scale.threshold, runs, multiple < 2)
    row(label(name), { ...cell, name, wanted, outcome, bytesPerOperation: multiple * scale.threshold })
  }
  const { multiple, outcome } = smallestLeak(scale, noise, runs)
  if (multiple === null || outcome === null) {
    console.log(label('no leak tried is found in 99 of 100'))
    return
  }
  const bytesPerOperation = multiple * scale.threshold
  const smallest = `smallest found: ${bytesPerOperation.toPrecision(3)} B/op (x ${multiple})`
  row(label(smallest), { ...cell, name: 'smallest leak', wanted: 'leak', outcome, bytesPerOperation })
}

/** Every agent adds so many bytes an operation: 16 is the threshold itself, the worst case. */
function harmless(noise: Noise, agents: number, bytesPerOperation: number): void {
  const scenario = { agent: () => (k: number) => bytesPerOperation * k }
  const outcome = simulate({ scale: standard, noise, scenario, agents, runs, outsideHeap: true })
  const name = `${agents} agents that add ${bytesPerOperation} B/op`
  const cell = { part: 'harmless', effort: standard.effort, noise: noise.name, wanted: 'not leak', agents }
  row([noise.name.padEnd(30), name.padEnd(30)].join(' '), { ...cell, name, outcome, bytesPerOperation })
}

if (given.part.includes('scenarios')) for (const noise of noises) shapes(noise)

if (given.part.includes('efforts')) {
  for (const noise of noises) {
    console.log(`\n${noise.name}; sd: of the growth of a trial, B/op; ${runs} calls a line`)
    console.log(`${'effort'.padEnd(9)} ${'sd'.padStart(6)} ${''.padEnd(34)} ${heading}`)
    for (const scale of SCALES) effort(scale, noise)
  }
}

if (given.part.includes('harmless')) {
  console.log(`\nCalls with harmless agents that accuse anything; ${runs} calls a line`)
  console.log(`${''.padEnd(61)} ${heading}`)
  for (const noise of noises)
    for (const adds of [0, 16]) for (const agents of [1, 3, 7]) harmless(noise, agents, adds)
}

if (given.json !== undefined) {
  const machine = { node: process.versions.node, date: new Date().toISOString() }
  writeFileSync(given.json, `${JSON.stringify({ ...machine, runs, looks: LOOKS, cells }, null, 1)}\n`)
}
