import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import t from 'tap'
import { htmlReport } from '../../lib/report/html/html-report.js'
import { projectPath } from '../support/project-path.js'
import { CHROMIUM_ARGS, chromiumPath } from './support/chromium.js'
import { demoReport } from './support/demo-report.js'
import { PAGE_REPORTS } from './support/page-reports.js'

const PHONE = { width: 320, height: 640 }
const DESK = { width: 1200, height: 900 }

interface Visited {
  readonly page: Page
  /** Console messages of level error or warning, errors, dialogs. */
  readonly complaints: readonly string[]
  readonly requests: readonly string[]
}

const visit = async (context: BrowserContext, url: string): Promise<Visited> => {
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('dialog', dialog => {
    complaints.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', request => requests.push(request.url()))
  await page.goto(url)
  return { page, complaints, requests }
}

const unfold = (page: Page): Promise<unknown> =>
  page.evaluate('document.querySelectorAll("details").forEach(one => { one.open = true })')

/** Rules of axe that are broken in a way that is serious or critical, with where; of some rules, or of all. */
const broken = async (page: Page, rules?: readonly string[]): Promise<string[]> => {
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[]
  }>(`axe.run(${JSON.stringify({ resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) })})
      .then(({ violations }) => ({ violations }))`)
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${String(nodes[0]?.html)} ${String(nodes[0]?.failureSummary)}`)
}

/**
 * Opens pages in a real Chromium, as a person would: light and dark, on a phone, with the keyboard, on paper, with what a screen
 * reader is told. Without a browser it is skipped, except where `CI` is set: there it has to be.
 * @param isWanted which reports are looked at, by name; that of the demo has to be
 */
export const testPages = (isWanted: (name: string) => boolean): void => {
  const executablePath = chromiumPath()
  if (executablePath === null && (process.env.CI ?? '') === '') {
    const reason = 'no Chromium: set CHROMIUM_PATH, or put chromium on the PATH'
    console.error(`pages are not looked at: ${reason}`)
    t.plan(0, reason)
  } else {
    t.test('pages in Chromium', async t => {
      if (executablePath === null)
        throw new Error('expected a chromium on the PATH, or at CHROMIUM_PATH, got none')
      const axe = await readFile(
        createRequire(projectPath('package.json')).resolve('axe-core/axe.min.js'),
        'utf8',
      )
      const folder = t.testdir({})
      const reports = Object.entries({ demo: await demoReport(), ...PAGE_REPORTS })
      const urls = new Map<string, string>()
      for (const [name, report] of reports.filter(([name]) => isWanted(name))) {
        const path = join(folder, `${name}.html`)
        await writeFile(path, htmlReport(report))
        urls.set(name, pathToFileURL(path).href)
      }
      const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] })
      t.teardown(() => browser.close())
      const context = await browser.newContext({ viewport: DESK })

      for (const [name, url] of urls) {
        await t.test(name, async t => {
          const { page, complaints, requests } = await visit(context, url)
          await page.emulateMedia({ colorScheme: 'light' })
          await unfold(page)
          await page.evaluate(axe)
          t.strictSame(await broken(page), [], 'axe finds nothing serious')
          await page.emulateMedia({ colorScheme: 'dark' })
          t.strictSame(await broken(page, ['color-contrast']), [], 'nor in the dark')
          const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor')
          t.equal(paper, 'rgb(21, 24, 27)', 'the dark is dark')

          await page.setViewportSize(PHONE)
          t.strictSame(
            await broken(page, ['scrollable-region-focusable', 'target-size']),
            [],
            'nor on a phone',
          )
          t.equal(
            await page.evaluate('document.documentElement.scrollWidth'),
            PHONE.width,
            'no sideways scrolling',
          )
          t.equal(await page.locator('.wide:visible').count(), 0)
          const charts = await page.locator('figure.memory').count()
          t.equal(await page.locator('.narrow:visible').count(), charts, 'charts are made for the phone')
          const sizes = await page.evaluate<number[]>(
            `[...document.querySelectorAll('figure svg text')].filter(one => one.checkVisibility())
              .map(one => one.getBoundingClientRect().height)`,
          )
          t.ok(
            sizes.every(size => size >= 11),
            'texts of charts are legible',
          )

          const levels = await page.evaluate<number[]>(
            `[...document.querySelectorAll('h1, h2, h3, h4')].map(one => Number(one.localName[1]))`,
          )
          t.equal(levels[0], 1)
          t.ok(
            levels.every(
              (level, index) => index === 0 || (level > 1 && level <= (levels[index - 1] ?? 0) + 1),
            ),
            'headings are in order',
          )
          t.equal(await page.getByRole('main').count(), 1)
          t.equal(await page.getByRole('banner').count(), 1)
          t.equal(await page.getByRole('contentinfo').count(), 1)
          t.equal(await page.evaluate('document.scripts.length'), 0)
          const wrong = await page.evaluate<string[]>(
            `[...document.querySelectorAll('figure svg')].map(one => new XMLSerializer().serializeToString(one))
              .filter(text => new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror'))`,
          )
          t.strictSame(wrong, [], 'charts are XML')
          t.strictSame(complaints, [], 'nothing to complain about')
          t.strictSame(requests, [url], 'nothing is loaded but the page')
          await page.close()
        })
      }

      await t.test('what is wrong would be found', async t => {
        const html = htmlReport(await demoReport())
        const path = join(folder, 'wrong.html')
        await writeFile(
          path,
          html
            .replace('--faint: #59626c', '--faint: #d9dee3')
            .replace('</nav>', '</nav><img src="missing.png"><p style="width: 400px">wide</p><h4>deep</h4>'),
        )
        const { page, complaints } = await visit(context, pathToFileURL(path).href)
        await page.emulateMedia({ colorScheme: 'light' })
        await page.setViewportSize(PHONE)
        await page.evaluate(axe)
        const rules = (await broken(page)).map(one => one.split(':')[0])
        t.ok(rules.includes('color-contrast'), 'faint text')
        t.ok(rules.includes('image-alt'), 'a picture without a text')
        t.match(complaints, [/Content Security Policy/], 'which is not loaded either')
        t.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) > PHONE.width)
        await page.close()
      })

      await t.test('where not even its own style sheet is allowed, as in Jenkins', async t => {
        const path = join(folder, 'plain.html')
        const html = htmlReport(await demoReport())
        await writeFile(path, html.replace("style-src 'unsafe-inline'", "style-src 'none'"))
        const { page, complaints } = await visit(context, pathToFileURL(path).href)
        await page.setViewportSize(DESK)
        t.match(complaints, [/style/i], 'it is refused')
        t.equal(await page.locator('.narrow:visible').count(), 0)
        t.equal(await page.locator('.wide:visible').count(), 1, 'a chart is drawn once')
        const colours = await page.evaluate<string[]>(
          `[...document.querySelectorAll('.wide path')].map(one => getComputedStyle(one).stroke)`,
        )
        t.ok(colours.includes('rgb(184, 61, 9)'), 'in colours of its own')
        await page.close()
      })

      await t.test('with the keyboard', async t => {
        const { page } = await visit(context, urls.get('demo') ?? '')
        await page.setViewportSize(PHONE)
        const focused = (): Promise<string> =>
          page.evaluate('document.activeElement.textContent.trim().slice(0, 40)')
        await page.keyboard.press('Tab')
        t.equal(await focused(), 'Skip to the report')
        const box = await page.locator('.skip').boundingBox()
        t.ok(box && box.x >= 0 && box.width > 0, 'it shows when it has the focus')
        const reached = new Set<string>()
        for (let step = 0; step < 60; step++) {
          await page.keyboard.press('Tab')
          reached.add(await focused())
          const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
          if ((await page.evaluate('document.activeElement.localName')) !== 'body') t.equal(outline, 'solid')
        }
        const summaries = await page.locator('summary').allTextContents()
        t.ok(summaries.length > 4)
        for (const summary of summaries) t.ok(reached.has(summary), `reaches "${summary}"`)
        const first = page.locator('summary').first()
        await first.focus()
        await page.keyboard.press('Enter')
        t.ok(await page.evaluate('document.querySelector("details").open'), 'and opens it')
        await page.keyboard.press('Tab')
        const before = await page.evaluate<number>('document.activeElement.scrollLeft')
        await page.keyboard.press('ArrowRight')
        const scrolled = async (): Promise<boolean> =>
          (await page.evaluate<number>('document.activeElement.scrollLeft')) > before
        for (let tries = 0; tries < 100 && !(await scrolled()); tries++) await page.waitForTimeout(50)
        t.ok(await scrolled(), 'a table scrolls in its own box')
        await page.close()
      })

      await t.test('on paper, and for who reads with a screen reader', async t => {
        const { page } = await visit(context, urls.get('demo') ?? '')
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
        t.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)')
        t.equal(await page.locator('nav:visible').count(), 0)
        t.ok(await page.getByText('Readings as a table').isHidden())
        t.ok(
          await page.getByRole('cell', { name: 'tracer and cache' }).first().isVisible(),
          'what is folded is printed',
        )
        t.ok((await page.pdf()).byteLength > 10_000)

        await page.emulateMedia({ media: 'screen', colorScheme: 'light' })
        const chart = page.getByRole('img', { name: /Settled heap in every trial.*audit: 2 trials/ })
        t.equal(await chart.count(), 1, 'one of the two charts is told, with what it shows')
        t.equal(await page.getByRole('group', { name: 'Heap per operation, with its interval' }).count(), 1)
        t.equal(await page.getByRole('heading', { level: 1 }).count(), 1)
        t.equal(await page.getByRole('table', { name: /^\d+ trials$/ }).count(), 1)
        await page.emulateMedia({ forcedColors: 'active' })
        const colours = await page.evaluate<string[]>(
          `[...document.querySelectorAll('.wide path')].map(one => getComputedStyle(one).stroke)`,
        )
        t.notOk(colours.includes('rgb(184, 61, 9)'), 'charts take the colours that are forced')
        await page.close()
      })
    })
  }
}
