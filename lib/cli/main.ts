import { resolve } from 'node:path'
import { inspectProcess } from '../agents/inspect/inspect-process.js'
import { bisectText } from '../bisect/bisect-text.js'
import type { BisectData } from '../bisect/types.js'
import { demoOptions, demoStatus, DEMO_AFTER, DEMO_INTRO } from '../demo/run-demo.js'
import { instrumentationText } from '../instrumentation/instrumentation-text.js'
import type { InstrumentationData } from '../instrumentation/types.js'
import type { UpgradeData } from '../upgrade/types.js'
import { upgradeText } from '../upgrade/upgrade-text.js'
import { packageVersion } from '../version.js'
import { readArguments, type Command } from './arguments.js'
import type { CliContext } from './context.js'
import { configJson, configModule, inspectionNotes } from './config-text.js'
import { errorText } from './error-text.js'
import { bisectStatus, errorStatus, EXIT, upgradeStatus, verdictStatus } from './exit-status.js'
import { runHeap } from './heap/run-heap.js'
import { loadConfig } from './load-config.js'
import { oneAgent } from './one-agent.js'
import { openOutput } from './output.js'
import { runExperiment, runTask } from './run-experiment.js'
import { USAGE } from './usage.js'

/**
 * The command `isolate-leak`: does what the arguments ask for and gives the exit status. Rejects only when an error
 * cannot be written to stderr.
 */
export async function main(args: readonly string[], context: CliContext): Promise<number> {
  const stdout = openOutput(context.stdout)
  const stderr = openOutput(context.stderr)
  try {
    const [first, ...rest] = args
    if (first === 'heap' && !rest.includes('--help') && !rest.includes('-h'))
      return await runHeap(rest, context, stdout.write)
    return await perform(readArguments(args), context, stdout.write, stderr.write)
  } catch (error) {
    await stderr.write(errorText(error, context.env))
    return errorStatus(error)
  } finally {
    stdout.close()
    stderr.close()
  }
}

type Write = (text: string) => Promise<void>

async function perform(command: Command, context: CliContext, stdout: Write, stderr: Write): Promise<number> {
  if (command.kind === 'help' || command.kind === 'version') {
    await stdout(command.kind === 'help' ? USAGE : `${packageVersion()}\n`)
    return 0
  }
  if (command.kind === 'inspect') {
    const inspection = await inspectProcess(command.pid)
    if (command.json) await stderr(inspectionNotes(inspection))
    await stdout(command.json ? configJson(inspection) : configModule(inspection))
    return 0
  }
  const { outDir } = command.overrides
  const overrides = {
    ...command.overrides,
    ...(outDir === undefined ? {} : { outDir: resolve(context.cwd(), outDir) }),
  }
  if (command.kind === 'run') {
    const config = await loadConfig(command.config, context)
    return runExperiment({ ...config, ...overrides }, command, context, { stdout, stderr })
  }
  if (command.kind === 'upgrade') {
    const { agent, from, to } = command
    const options = { ...oneAgent(await loadConfig(command.config, context), agent), from, to, ...overrides }
    const task = {
      run: context.checkUpgrade,
      text: upgradeText,
      status: ({ verdict }: UpgradeData) => upgradeStatus(verdict),
    }
    return runTask(task, options, command, context, { stdout, stderr })
  }
  if (command.kind === 'bisect') {
    const { agent, config, range, good, bad, resume } = command
    const bounds = Object.entries({ range, good, bad, resume }).filter(([, value]) => value !== undefined)
    const options = {
      ...oneAgent(await loadConfig(config, context), agent),
      ...Object.fromEntries(bounds),
      ...overrides,
    }
    const task = {
      run: context.bisectVersions,
      text: bisectText,
      status: ({ verdict }: BisectData) => bisectStatus(verdict),
    }
    return runTask(task, options, command, context, { stdout, stderr })
  }
  if (command.kind === 'instrumentation') {
    const options = { ...oneAgent(await loadConfig(command.config, context), command.agent), ...overrides }
    const task = {
      run: context.isolateInstrumentation,
      text: instrumentationText,
      status: ({ verdict }: InstrumentationData) => verdictStatus(verdict),
    }
    return runTask(task, options, command, context, { stdout, stderr })
  }
  await stderr(DEMO_INTRO)
  const options = { ...demoOptions(), ...overrides }
  const status = await runExperiment(options, command, context, { stdout, stderr }, demoStatus)
  if (status <= EXIT.failed) await stderr(DEMO_AFTER)
  return status
}
