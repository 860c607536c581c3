import t from 'tap'
import { snippetsOf } from './snippets.js'

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
\`\`\`ts
type A = 1
\`\`\`

\`\`\`
plain
\`\`\`
`

t.test('finds fenced blocks and the comments before them', async t => {
  const base = { exitCode: 0, file: null, run: false, notRun: null }
  t.strictSame(snippetsOf(markdown), [
    { ...base, language: 'sh', code: 'npm ci\n', line: 3 },
    { ...base, language: 'js', code: "throw new Error('x')\n", line: 10, exitCode: 1, file: 'leak.test.js' },
    { ...base, language: 'ts', code: 'type A = 1\n', line: 16, notRun: 'a fragment' },
  ])
  t.strictSame(snippetsOf('no blocks'), [])
})
