import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { projectFolder } from '../support/packed.js'
import { runClean, type CleanRun } from '../support/run-clean.js'
import { createProject } from './project.js'
import { snippets } from './documents.js'
import type { Snippet } from './snippets.js'

const timeoutMs = 400_000
const isScript = ({ language }: Snippet): boolean => /^([cm]?[jt]s|javascript|typescript)$/.test(language)
const isTypeScript = ({ language }: Snippet): boolean => /^([cm]?ts|typescript)$/.test(language)
const isShell = ({ language }: Snippet): boolean => /^(sh|bash|shell|console)$/.test(language)

const fileNameOf = (snippet: (typeof snippets)[number]): string => {
  if (snippet.file !== null) return snippet.file
  const isModule = /^\s*(import|export)\s/m.test(snippet.code) || !/\brequire\(/.test(snippet.code)
  const extension = isTypeScript(snippet) ? 'ts' : 'js'
  return `${snippet.document.replaceAll(/\W/g, '-')}-${String(snippet.line)}.${isModule ? 'm' : 'c'}${extension}`
}

/** What a command writes, and some of the scripts read. */
const REPORT = 'leak-report/report.json'

/**
 * Runs snippets of README, docs and CONTRIBUTING in the project of a user, in their order.
 * @param kind what is in JavaScript and TypeScript, or what is typed into a shell and what reads its reports: two files, which run at the same time
 */
export const testSnippets = async (kind: 'scripts' | 'commands'): Promise<void> => {
  const folder = await createProject()
  t.teardown(() => rm(folder, { recursive: true, force: true }))

  const run = (command: string, args: readonly string[]): Promise<CleanRun> =>
    runClean(command, args, { cwd: folder, env: { npm_config_offline: 'true' }, timeoutMs })

  /** Checks the types of a TypeScript file of the project, and gives the name of its JavaScript. */
  const compile = async (t: Test, file: string, code: string): Promise<string> => {
    const flags = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--skipLibCheck',
      '--types',
      'node',
    ]
    const tsc = join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc')
    const check = await run(process.execPath, [tsc, '--noEmit', '--ignoreConfig', ...flags, file])
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

  const commandOf = async (
    t: Test,
    snippet: (typeof snippets)[number],
  ): Promise<readonly [string, string[]]> => {
    if (isShell(snippet)) return ['bash', ['-euo', 'pipefail', '-c', snippet.code.replace(/^\$ /gm, '')]]
    const file = fileNameOf(snippet)
    await writeFile(join(folder, file), snippet.code)
    return [process.execPath, [isTypeScript(snippet) ? await compile(t, file, snippet.code) : file]]
  }

  if (kind === 'commands') {
    for (const { file, code } of snippets) {
      if (file === null) continue
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), code)
    }
  }
  // From here on nothing may be waited for: a test without a subtest under way is over.
  t.ok(snippets.some(isScript), 'there are snippets')

  const wanted = (snippet: Snippet): boolean => {
    if (isShell(snippet)) return kind === 'commands' && snippet.run
    if (!isScript(snippet) || snippet.notRun !== null) return false
    return kind === (snippet.code.includes(REPORT) ? 'commands' : 'scripts')
  }

  for (const snippet of snippets) {
    if (!wanted(snippet)) continue
    t.test(`${snippet.document} line ${String(snippet.line)}`, async t => {
      const [command, args] = await commandOf(t, snippet)
      const { exitCode, stdout, stderr } = await run(command, args)
      if (exitCode !== snippet.exitCode) t.comment(`${stdout}\n${stderr}`)
      t.equal(exitCode, snippet.exitCode, `ends with status ${String(snippet.exitCode)}`)
    })
  }
}
