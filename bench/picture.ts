/**
 * Draws `.assets/growth.svg`, the picture of the readme: `npm run build && npx tsc -p bench && node
 * .cache/bench/bench/picture.js [report.json]`. Without a report it runs the demo and keeps its report in
 * `.cache/picture/report.json`. Vega is installed into `.cache/` when it is first needed.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { resolve } from 'import-meta-resolve'
import { isolateLeak } from 'isolate-leak'
import type * as DemoModule from '../lib/cli/demo/run-demo.js'
import type { ReportData } from '../lib/types/index.js'
import { installed } from '../test/support/install-agents.js'
import { chartData, type ChartData } from './chart-data.js'
import { chartOf } from './chart.js'

/** What is used of vega and vega-lite. */
interface Vega {
  parse(specification: object): object
  View: new (runtime: object, options: { renderer: 'none' }) => { toSVG(): Promise<string>; finalize(): void }
}
interface VegaLite {
  compile(specification: object): { spec: object }
}

const VERSIONS = ['vega@6.4.0', 'vega-lite@6.5.0']
const MOST_BYTES = 40_000
const project = new URL('../../../', import.meta.url)
const inProject = (path: string): string => fileURLToPath(new URL(path, project))

const demoReport = async (): Promise<ReportData> => {
  const demo = (await import(new URL('dist/cli/demo/run-demo.js', project).href)) as typeof DemoModule
  const outDir = inProject('.cache/picture')
  await rm(outDir, { recursive: true, force: true })
  return isolateLeak({ ...demo.demoOptions(), outDir })
}

/** The picture with a text for those who do not see it. */
const svgOf = async (data: ChartData): Promise<string> => {
  const folder = pathToFileURL(`${await installed(VERSIONS)}/package.json`).href
  const vega = (await import(resolve('vega', folder))) as Vega
  const lite = (await import(resolve('vega-lite', folder))) as VegaLite
  const view = new vega.View(vega.parse(lite.compile(chartOf(data)).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  const text = [data.title, ...data.arms.map(({ label }) => label)].join('. ').replace(/[&<>]/g, '')
  // Classes and descriptions of single marks are half of the file, and of use to nobody.
  return svg
    .replace(/ (class|role|aria-\w+|pointer-events|xmlns:xlink)="[^"]*"/g, '')
    .replace(/^<svg ([^>]*)>/, `<svg $1 role="img"><title>${text}.</title>`)
}

const [path] = process.argv.slice(2)
const report =
  path === undefined ? await demoReport() : (JSON.parse(await readFile(path, 'utf8')) as ReportData)
const svg = await svgOf(chartData(report))
if (svg.length > MOST_BYTES || /<script|href=|url\(/.test(svg))
  throw new Error(`Expected at most ${MOST_BYTES} bytes without script and reference, got ${svg.length}`)
await mkdir(inProject('.assets'), { recursive: true })
await writeFile(inProject('.assets/growth.svg'), `${svg}\n`)
console.log(`.assets/growth.svg, ${svg.length} bytes, verdict ${report.verdict}`)
