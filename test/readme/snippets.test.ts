import t from 'tap'
import { isSilentlyNotRun, snippetsOf } from './snippets.js'

const markdown = `# Title

\`\`\`sh
npm ci
\`\`\`

<!-- exit: 1 -->
<!-- file: leak.test.js -->

\`\`\`js
throw new Error('x')
\`\`\`

Text.
<!-- not run: a fragment -->
<!-- prints: one, -->
<!-- prints: then two -->
\`\`\`ts
type A = 1
\`\`\`

\`\`\`
plain
\`\`\`
`

t.test('finds fenced blocks and the comments before them', async t => {
  const base = { exitCode: 0, file: null, run: false, notRun: null, ci: null, prints: [] }
  t.strictSame(snippetsOf(markdown), [
    { ...base, language: 'sh', code: 'npm ci\n', line: 3 },
    { ...base, language: 'js', code: "throw new Error('x')\n", line: 10, exitCode: 1, file: 'leak.test.js' },
    {
      ...base,
      language: 'ts',
      code: 'type A = 1\n',
      line: 18,
      notRun: 'a fragment',
      prints: ['one,', 'then two'],
    },
  ])
  t.strictSame(snippetsOf('no blocks'), [])
})

t.test('tells a block of which nothing says whether it is run', async t => {
  const silent = (text: string): boolean[] => snippetsOf(text).map(isSilentlyNotRun)
  const block = '```sh\nnpm ci\n```\n'
  t.strictSame(silent(block), [true])
  for (const said of ['run', 'not run: needs a registry', 'ci: cron', 'file: job.sh'])
    t.strictSame(silent(`<!-- ${said} -->\n\n${block}`), [false], said)
  t.strictSame(silent('```js\nlet a\n```\n\n```text\nLEAK\n```\n'), [false, false], 'scripts are run')
})
