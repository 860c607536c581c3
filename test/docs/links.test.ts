import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { projectPath } from '../support/project-path.js'
import { documents, linkedPages, pages, snippets, textOf } from './documents.js'

/** The anchor that a heading gets where Markdown is shown. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const withoutBlocks = (markdown: string): string => markdown.replaceAll(/^```[^]*?^```$/gm, '')

const anchorsOf = (markdown: string): readonly string[] =>
  [...withoutBlocks(markdown).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading))

/** Links, and pictures, that lead nowhere. */
const broken = (document: string, markdown: string): readonly string[] => {
  const text = withoutBlocks(markdown)
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    match => match[1] ?? match[2] ?? '',
  )
  return targets.filter(target => {
    if (/^https?:/.test(target)) return false
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? document : join(dirname(document), path)
    if (!existsSync(projectPath(file))) return true
    return anchor !== undefined && !anchorsOf(textOf(file)).includes(anchor)
  })
}

t.test('every link of every document leads somewhere', async t => {
  for (const document of documents) t.same(broken(document, textOf(document)), [], document)
  const page =
    '[a](nowhere.md) [b](limits.md) [c](limits.md#limits) [d](limits.md#beyond) <img src="../.assets/none.svg">'
  t.same(
    broken('docs/x.md', page),
    ['nowhere.md', 'limits.md#beyond', '../.assets/none.svg'],
    'and one that does not is found',
  )
})

t.test('every page is linked by the README, and none is long', async t => {
  t.same([...linkedPages(textOf('README.md'))].sort(), [...pages].sort())
  const bytes = (document: string): number => statSync(projectPath(document)).size
  t.ok(bytes('README.md') <= 15_000, `README.md has ${String(bytes('README.md'))} bytes`)
  for (const page of pages) t.ok(bytes(page) <= 12_000, `${page} has ${String(bytes(page))} bytes`)
})

t.test('every code of an error is told', async t => {
  const codes = [...readFileSync(projectPath('lib', 'errors.ts'), 'utf8').matchAll(/^ {2}\| '(ERR_\w+)'/gm)]
  t.ok(codes.length > 40)
  for (const [, code = ''] of codes) t.match(textOf('docs/errors.md'), `\`${code}\``, code)
})

t.test('the tutorial shows the files of the example', async t => {
  const folder = projectPath('docs', 'example')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.c?js$/.test(name),
  )
  t.ok(files.length > 5)
  for (const file of files) {
    const shown = snippets.find(({ file: name }) => name === `shop/${file.replaceAll('\\', '/')}`)
    t.equal(shown?.code, readFileSync(join(folder, file), 'utf8'), file)
  }
})
