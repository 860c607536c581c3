import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { projectFolder } from '../support/packed.js'
import { runClean, type CleanRun } from '../support/run-clean.js'
import { GROUPS, readPage, type Group } from './pages.js'
import { createProject } from './project.js'
import { isScript, isShell, isTypeScript, snippetsOf, type Snippet } from './snippets.js'

const timeoutMs = 400_000
const TUTORIAL = 'docs/tutorial.md'

const fileNameOf = (snippet: Snippet): string => {
  if (snippet.file !== null) return snippet.file
  const isModule = /^\s*(import|export)\s/m.test(snippet.code) || !/\brequire\(/.test(snippet.code)
  const extension = isTypeScript(snippet) ? 'ts' : 'js'
  return `snippet-${String(snippet.line)}.${isModule ? 'm' : 'c'}${extension}`
}

/** Runs the snippets of a group of pages, each page in the project of a user of its own, in their order. */
export const testPages = (group: Group): void => {
  for (const page of GROUPS[group]) t.test(page, async t => testPage(t, page))
}

const testPage = async (t: Test, page: string): Promise<void> => {
  const snippets = snippetsOf(readPage(page))
  if (!snippets.some(isRun)) {
    t.pass('has nothing to run')
    return
  }
  const folder = await createProject(page === TUTORIAL ? 'empty' : 'shop')
  t.teardown(() => rm(folder, { recursive: true, force: true }))

  const write = async ({ code }: Snippet, file: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), code)
  }
  const run = (command: string, args: readonly string[]): Promise<CleanRun> =>
    runClean(command, args, { cwd: folder, env: { npm_config_offline: 'true' }, timeoutMs })

  /** Checks the types of a TypeScript file of the project, and gives the name of its JavaScript. */
  const compile = async (file: string, code: string): Promise<string> => {
    const flags = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck']
    const tsc = join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc')
    const args = [tsc, '--noEmit', '--ignoreConfig', ...flags, '--types', 'node', file]
    const check = await run(process.execPath, args)
    t.equal(check.exitCode, 0, `types: ${check.stdout}`)
    const options = {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    }
    const script = `${file}.mjs`
    await writeFile(join(folder, script), ts.transpileModule(code, { compilerOptions: options }).outputText)
    return script
  }

  const commandOf = async (snippet: Snippet): Promise<readonly [string, string[]]> => {
    if (isShell(snippet)) return ['bash', ['-euo', 'pipefail', '-c', snippet.code.replace(/^\$ /gm, '')]]
    const file = fileNameOf(snippet)
    await write(snippet, file)
    return [process.execPath, [isTypeScript(snippet) ? await compile(file, snippet.code) : file]]
  }

  // Every page but the tutorial, which begins with nothing, goes on from what the README has written.
  if (page !== TUTORIAL) {
    for (const snippet of [...snippetsOf(readPage('README.md')), ...snippets])
      if (snippet.file !== null) await write(snippet, snippet.file)
  }
  for (const snippet of snippets) {
    if (snippet.file !== null) await write(snippet, snippet.file)
    if (!isRun(snippet)) continue
    const [command, args] = await commandOf(snippet)
    const { exitCode, stdout, stderr } = await run(command, args)
    if (exitCode !== snippet.exitCode) t.comment(`${stdout}\n${stderr}`)
    t.equal(
      exitCode,
      snippet.exitCode,
      `line ${String(snippet.line)} ends with status ${String(snippet.exitCode)}`,
    )
    for (const text of snippet.prints) t.ok(stdout.includes(text), `line ${String(snippet.line)}: ${text}`)
  }
}

/** Scripts, unless a comment says why not; commands that a comment says to run. */
const isRun = (snippet: Snippet): boolean =>
  snippet.notRun === null && snippet.ci === null && (isScript(snippet) || (isShell(snippet) && snippet.run))
