/**
 * Takes the pictures of the page that the readme shows, `bench/samples/page-{light,dark,phone}.png`: `npm run pictures`, or `npm run
 * pictures -- report.json` for another report than the kept one of the demo. Needs a Chromium (`CHROMIUM_PATH`, or on the PATH)
 * and pngquant, both from the packages of the system.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { htmlReport } from '../../lib/report/html/html-report.js'
import type { ReportData } from '../../lib/types/index.js'
import { CHROMIUM_ARGS, chromiumPath } from '../../test/report/support/chromium.js'
import { demoReport } from '../../test/report/support/demo-report.js'
import { projectPath } from '../../test/support/project-path.js'

interface Picture {
  readonly name: string
  readonly width: number
  readonly scale: number
  /** The last thing that is shown. */
  readonly end: string
  readonly colorScheme: 'light' | 'dark'
}

const PICTURES: readonly Picture[] = [
  { name: 'page-light', width: 1000, scale: 1.5, end: '#memory .legend', colorScheme: 'light' },
  { name: 'page-dark', width: 1000, scale: 1.5, end: '#memory .legend', colorScheme: 'dark' },
  { name: 'page-phone', width: 360, scale: 2, end: '#growth .rows', colorScheme: 'light' },
]
/** A page has few colours: the others are those of the edges of letters. */
const COLOURS = '64'
const MOST_BYTES = 250_000
/** Below the last thing that is shown. */
const MARGIN = 28

/** The page from its top down to what tells the story. */
const take = async (browser: Browser, url: string, picture: Picture): Promise<string> => {
  const { name, width, scale, end, colorScheme } = picture
  const page = await browser.newPage({
    viewport: { width, height: 800 },
    deviceScaleFactor: scale,
    colorScheme,
  })
  await page.goto(url)
  const bottom = await page.evaluate<number>(
    `document.querySelector(${JSON.stringify(end)}).getBoundingClientRect().bottom`,
  )
  const path = projectPath('bench', 'samples', `${name}.png`)
  const clip = { x: 0, y: 0, width, height: Math.ceil(bottom) + MARGIN }
  await page.screenshot({ path, clip, fullPage: true })
  await page.close()
  execFileSync('pngquant', ['--speed', '1', '--strip', '--force', '--output', path, COLOURS, path])
  const { size } = await stat(path)
  if (size > MOST_BYTES) throw new Error(`Expected at most ${MOST_BYTES} bytes in ${path}, got ${size}`)
  return `${path}, ${size} bytes`
}

const [given] = process.argv.slice(2)
const report =
  given === undefined ? await demoReport() : (JSON.parse(await readFile(given, 'utf8')) as ReportData)
const executablePath = chromiumPath()
if (executablePath === null) throw new Error('Expected a chromium on the PATH, or at CHROMIUM_PATH, got none')
const folder = await mkdtemp(join(tmpdir(), 'isolate-leak-pictures-'))
const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] })
try {
  const file = join(folder, 'report.html')
  await writeFile(file, htmlReport(report))
  await mkdir(projectPath('bench', 'samples'), { recursive: true })
  for (const picture of PICTURES) console.log(await take(browser, pathToFileURL(file).href, picture))
} finally {
  await browser.close()
  await rm(folder, { recursive: true })
}
