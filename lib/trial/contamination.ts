import type { Loaded } from '../probe/protocol.cjs'
import type { LaunchSpec } from './types.js'

/**
 * Compares what the probe found in the application with what was planned.
 * @returns a sentence naming what is foreign, or `null` when the application runs as planned. Behind a launcher of an
 * agent (`command`) preloads and arguments are the agent's own business, behind a command that of the application.
 */
export function contamination(loaded: Loaded, launch: LaunchSpec, plannedNodeOptions: string): string | null {
  if (launch.command.length > 0 || launch.isCommand) return null

  const extraArguments = extra(loaded.execArgv, launch.nodeArgs)
  if (extraArguments.length > 0) {
    return `Node was started with arguments that are not part of the plan: ${extraArguments.join(' ')}`
  }
  if (loaded.nodeOptions !== plannedNodeOptions) {
    const foreign = extra(loaded.nodeOptions.split(' '), plannedNodeOptions.split(' ')).join(' ')
    return `NODE_OPTIONS of the application holds something that is not part of the plan: ${foreign || loaded.nodeOptions || '(nothing: it was emptied)'}`
  }
  const plannedLibraries = (launch.env['LD_PRELOAD'] ?? '').split(/[\s:]+/)
  const foreignLibraries = extra(loaded.injected, plannedLibraries)
  if (foreignLibraries.length > 0) {
    return (
      `a library is injected into every process of this machine: ${foreignLibraries.join(', ')}. Both sides of the ` +
      'comparison would carry it: switch the injection off for this run and attach it as an agent with ' +
      "env: { LD_PRELOAD: '...' }"
    )
  }
  return null
}

/** Elements of `found` that are not in `planned`, counting repetitions. */
function extra(found: readonly string[], planned: readonly string[]): string[] {
  const open = [...planned]
  return found.filter(element => {
    const index = open.indexOf(element)
    if (index === -1) return element !== ''
    open.splice(index, 1)
    return false
  })
}
