import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { projectPath } from '../support/project-path.js'
import { brokenLinks, linksOfTables, parsePage } from './check-links.js'
import { docsPages, GROUPS, readPage } from './pages.js'
import { isSilentlyNotRun, snippetsOf } from './snippets.js'

const README_BYTES = 15_000
const PAGE_BYTES = 12_000

const documents = ['README.md', 'CONTRIBUTING.md', ...docsPages()]
const pages = new Map(documents.map(page => [page, readPage(page)]))
const exists = (path: string): boolean => existsSync(projectPath(...path.split('/')))
const bytes = (text: string): number => Buffer.byteLength(text)

t.test('a link that leads nowhere is found', async t => {
  const docs = 'docs/limits.md'
  const sound = [
    ['README.md', '# Title\n\n[limits](docs/limits.md#what-fails)\n'],
    [docs, '# Limits\n\n## What fails\n'],
  ] as const
  const broken = (page: string, added: string): readonly string[] =>
    brokenLinks(
      new Map(sound.map(([name, text]) => [name, name === page ? `${text}\n${added}\n` : text])),
      exists,
    )
  t.strictSame(broken('README.md', ''), [])
  t.strictSame(broken('README.md', '[a](docs/nowhere.md)'), ['README.md: docs/nowhere.md is not there'])
  t.strictSame(
    broken(docs, '[a](docs/limits.md)'),
    [`${docs}: docs/limits.md is not there`],
    'from its folder',
  )
  t.strictSame(broken(docs, '[a](limits.md#nothing)'), [`${docs}: limits.md#nothing has no such heading`])
  t.strictSame(broken(docs, '[a](#nothing)'), [`${docs}: #nothing has no such heading`])
  t.strictSame(broken(docs, '![a](../.assets/none.svg)'), [`${docs}: ../.assets/none.svg is not there`])
  t.strictSame(broken(docs, '<p><source srcset="x.png 2x" /></p>'), [`${docs}: x.png is not there`])
  t.strictSame(broken(docs, '[a](../../outside.md)'), [`${docs}: ../../outside.md is not there`])
  t.strictSame(broken(docs, 'An image <img src="y.png" /> in a line'), [`${docs}: y.png is not there`])
  for (const right of ['[a](../README.md)', '`[a](no.md)`', '[a](https://example.com/x)', '[a](../lib)'])
    t.strictSame(broken(docs, right), [], right)
})

t.test('headings have the anchors that GitHub gives them', async t => {
  const { anchors } = parsePage('# A `code()` title?\n\n## Same\n\n## Same\n\n### Über, and_under: x\n')
  t.strictSame([...anchors], ['a-code-title', 'same', 'same-1', 'über-and_under-x'])
})

t.test('every link of the documentation leads somewhere', async t => {
  t.strictSame(brokenLinks(pages, exists), [])
})

t.test('every page is linked from one table of the README', async t => {
  const tables = linksOfTables(pages.get('README.md') ?? '')
  const full = tables.filter(links => docsPages().every(page => links.includes(page)))
  t.equal(
    full.length,
    1,
    `missing: ${docsPages()
      .filter(page => !tables.flat().includes(page))
      .join(', ')}`,
  )
  t.strictSame(
    linksOfTables('| a |\n| - |\n| [x](x.md) |\n\n[y](y.md)\n\n| b |\n| - |\n| [z](z.md) |\n'),
    [['x.md'], ['z.md']],
    'links beside a table do not count',
  )
})

t.test('no page is too long', async t => {
  for (const [page, text] of pages) {
    const most = page === 'README.md' ? README_BYTES : PAGE_BYTES
    t.ok(bytes(text) <= most, `${page} has ${String(bytes(text))} of ${String(most)} bytes`)
  }
})

t.test('the page of errors has every code, and no other', async t => {
  const codesOf = (text: string): string[] => [...new Set(text.match(/\bERR_[A-Z_]+\b/g))].sort()
  const known = codesOf(readFileSync(projectPath('lib', 'errors.ts'), 'utf8'))
  t.ok(known.length > 40)
  t.strictSame(codesOf(pages.get('docs/errors.md') ?? ''), known)
})

t.test('the page of verdicts has every warning, and no other', async t => {
  const types = readFileSync(projectPath('lib', 'types', 'trial-record.ts'), 'utf8')
  const union = /type WarningCode =([^]*?)\n\n/.exec(types)?.[1] ?? ''
  const known = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code).sort()
  t.ok(known.length > 20)
  const told = [...(pages.get('docs/reading-a-verdict.md') ?? '').matchAll(/^- `([A-Z_]+)`/gm)]
  t.strictSame(told.map(([, code]) => code).sort(), known)
})

t.test('the snippets of every page are run by one release test', async t => {
  const run = Object.values(GROUPS).flat()
  t.strictSame([...run].sort(), ['README.md', ...docsPages()].sort())
  for (const group of Object.keys(GROUPS)) {
    const file = `test/readme/${group}.release.ts`
    t.ok(exists(file) && readPage(file).includes(`testPages('${group}')`), file)
  }
  for (const [page, text] of pages)
    for (const snippet of snippetsOf(text))
      t.notOk(isSilentlyNotRun(snippet), `${page} line ${String(snippet.line)} says whether it is run`)
})

t.test('the tutorial builds the example, file by file', async t => {
  const first = new Map<string, string>()
  for (const { file, code } of snippetsOf(pages.get('docs/tutorial.md') ?? ''))
    if (file !== null && !first.has(file)) first.set(file, code)
  t.ok(first.size >= 6)
  for (const [file, code] of first) {
    const path = projectPath('docs', 'example', ...file.split('/'))
    const built = readFileSync(path, 'utf8')
    // What npm adds for the package, which the example takes from this repository.
    const own = file === 'package.json' ? built.replace(/,\n {2}"devDependencies": \{[^}]*\}/, '') : built
    t.equal(code, own, file)
  }
})
