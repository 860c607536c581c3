import { Command } from 'commander'
import { inspectProcess } from '../../agents/inspect/inspect-process.js'
import { inspectPod } from '../../agents/inspect/pod/inspect-pod.js'
import type { Inspection, PodInspection } from '../../agents/inspect/inspection.js'
import { EXIT, UsageError } from '../exit-status.js'
import { configJson, configModule, inspectionNotes } from '../inspected-config.js'
import type { CommandIo } from './command-io.js'
import { wholeNumber } from './values.js'

interface InspectFlags {
  readonly pod?: string
  readonly container?: string
  readonly root?: string
  readonly json?: boolean
}

/** `isolate-leak inspect`. */
export function inspectCommand(io: CommandIo): Command {
  return new Command('inspect')
    .summary('how is Node started there, as a config? A process, or a pod')
    .description(
      'Prints how a running Node process (Linux) or the container of a pod is started and what is attached to it, as a config ' +
        'for run, without secrets.',
    )
    .argument('[pid]', 'number of the process', wholeNumber(1))
    .option(
      '--pod <file>',
      'a manifest in its place: of a Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob, in YAML or JSON',
    )
    .option('--container <name>', 'the container of it (default: the one that runs Node)')
    .option('--root <folder>', 'where the application is on this machine (default: .)')
    .option('--json', 'print a JSON config, and notes to stderr')
    .action(async (pid: number | undefined, flags: InspectFlags) => {
      const inspection = await inspect(pid, flags)
      const { json = false } = flags
      if (json) await io.stderr(inspectionNotes(inspection))
      await io.stdout(json ? configJson(inspection) : configModule(inspection))
      io.end(EXIT.clean)
    })
}

function inspect(
  pid: number | undefined,
  { pod, container, root }: InspectFlags,
): Promise<Inspection | PodInspection> {
  if (pod === undefined) {
    if (pid === undefined) throw new UsageError('expected the number of a process, or --pod with a manifest')
    if (container !== undefined || root !== undefined)
      throw new UsageError('--container and --root need --pod')
    return inspectProcess(pid)
  }
  if (pid !== undefined) throw new UsageError('expected the number of a process or --pod, not both')
  return inspectPod(pod, {
    ...(container === undefined ? {} : { container }),
    ...(root === undefined ? {} : { root }),
  })
}
