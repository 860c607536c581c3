import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packInto, projectFolder } from '../support/packed.js'
import { projectPath } from '../support/project-path.js'
import { runClean } from '../support/run-clean.js'
import { prepareRecipes } from './recipes.js'

interface RunnerResult {
  readonly verdict: string
  readonly culprits: readonly (readonly string[])[]
  readonly startHeapBytes: number
  readonly endHeapBytes: number
}

const timeoutMs = 400_000

/** Arguments for Node by runner; the calling files are those of test/fixtures/runners. */
const runners: Readonly<Record<string, readonly string[]>> = {
  'tap with coverage': [
    join(projectFolder, 'node_modules/tap/dist/esm/run.mjs'),
    ...['run', '--allow-incomplete-coverage', `--timeout=${String(timeoutMs / 1000)}`, 'with-tap.mjs'],
  ],
  'node:test with coverage': ['--test', '--experimental-test-coverage', 'with-node-test.mjs'],
  vitest: ['node_modules/vitest/vitest.mjs', 'run', `--testTimeout=${String(timeoutMs)}`],
  jest: ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', `--testTimeout=${String(timeoutMs)}`],
}

/** A user's project: runners, the packed library, and the calling files. */
const prepareProject = async (): Promise<string> => {
  const cache = join(projectFolder, '.cache')
  await mkdir(cache, { recursive: true })
  // Inside the project, because `tap` is found further up.
  const folder = await mkdtemp(join(cache, 'runners-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await cp(projectPath('test', 'fixtures', 'runners'), folder, { recursive: true })
  const { tarball } = await packInto(folder)
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { 'isolate-leak': `file:${tarball}` },
    devDependencies: { jest: '30.5.2', vitest: '3.2.7', '@sinonjs/fake-timers': '15.5.0' },
    jest: { transform: {}, moduleFileExtensions: ['mjs', 'js'], testMatch: ['**/with-jest.test.mjs'] },
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await writeFile(
    join(folder, 'vitest.config.mjs'),
    `export default { test: { include: ['with-vitest.test.mjs'] } }\n`,
  )
  const install = await runClean(
    'npm',
    ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'],
    { cwd: folder, timeoutMs: 180_000 },
  )
  if (install.exitCode !== 0) throw new Error(`the runners could not be installed: ${install.stderr}`)
  return folder
}

const project = await prepareProject()
const recipes = await prepareRecipes(project)

const callFrom = async (t: Test, args: readonly string[]): Promise<RunnerResult> => {
  const file = join(t.testdir(), 'result.json')
  const run = await runClean(process.execPath, args, {
    cwd: project,
    env: { RUNNER_RESULT: file },
    timeoutMs,
  })
  if (run.exitCode !== 0) t.comment(`${run.stdout}\n${run.stderr}`)
  t.equal(run.exitCode, 0, 'the calling file passes')
  return JSON.parse(await readFile(file, 'utf8')) as RunnerResult
}

const differencePercent = (a: number, b: number): number => (Math.abs(a - b) / b) * 100

let plain: RunnerResult

t.test('called from a plain file', async t => {
  plain = await callFrom(t, ['plain.mjs'])
  t.equal(plain.verdict, 'leak')
  t.strictSame(plain.culprits, [['leaky']])
})

for (const [name, args] of Object.entries(runners)) {
  t.test(`called under ${name}`, async t => {
    const result = await callFrom(t, args)
    t.equal(result.verdict, plain.verdict)
    t.strictSame(result.culprits, plain.culprits)
    for (const when of ['startHeapBytes', 'endHeapBytes'] as const) {
      const percent = differencePercent(result[when], plain[when])
      t.ok(percent < 1, `${when} differs by ${percent.toFixed(3)}%`)
    }
  })
}

t.test(
  'the recipes of the documentation fail for a leak, in one screen, and pass for its harmless twin',
  async t => {
    await Promise.all(
      Object.entries(recipes.commands).map(async ([name, args]) => {
        for (const agent of ['leaky', 'harmless']) {
          const { exitCode, stdout, stderr } = await runClean(process.execPath, args, {
            cwd: recipes.folder,
            env: { RUNNER_AGENT: join(project, `${agent}.cjs`), CI: 'true' },
            timeoutMs,
          })
          const output = `${stdout}\n${stderr}`
          const isRight = agent === 'leaky' ? exitCode === 1 : exitCode === 0
          if (!t.ok(isRight, `${name}, ${agent}: exit status ${String(exitCode)}`)) t.comment(output)
          if (agent === 'harmless') continue
          t.match(output, /LEAK: \S+ adds [\d.]+ kB of heap per operation/, `${name} shows the verdict`)
          t.match(output, 'The whole account: String(error.report)', `${name} shows all of the message`)
          t.notMatch(output, /^ *How sure/m, `${name} does not show the whole account`)
        }
      }),
    )
  },
)

t.test('fake timers and dates neither stop a run nor change its verdict; it leaves nothing', async t => {
  await Promise.all(
    Object.entries(recipes.fakes).map(async ([name, args]) => {
      const run = await runClean(process.execPath, args, { cwd: recipes.folder, timeoutMs: 120_000 })
      if (!t.equal(run.exitCode, 0, name)) t.comment(`${run.stdout}\n${run.stderr}`)
    }),
  )
})
