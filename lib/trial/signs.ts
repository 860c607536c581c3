import { basename } from 'node:path'
import type { Signs } from '../probe/protocol.cjs'
import { debugFor } from '../system/debug.js'
import type { ProbeClient } from './probe-client.js'
import type { LaunchSpec, TrialSpec } from './types.js'
import { mostSigns } from './combine-readings.js'

const debug = debugFor('trial')

/** What the application has by now that agents may have brought, with what was `before`; what cannot be read leaves that as it is. */
export async function readSigns(
  probe: Pick<ProbeClient, 'signs'>,
  before: Signs | null,
  { launch }: Pick<TrialSpec, 'launch'>,
): Promise<Signs | null> {
  try {
    if (before !== null) return mostSigns([before, await probe.signs(false)])
    // Timers come and go with sockets under load: they are counted before it. Also where something is patched, perhaps by the application.
    return mostSigns([signsOfLaunch(launch), await probe.signs(true)])
  } catch (error) {
    debug('no signs of agents: %O', error)
    return before
  }
}

/** What belongs to agents and is not in the application's JavaScript. */
function signsOfLaunch({ command, agentLibraries, sidecars }: LaunchSpec): Signs {
  const names = [
    ...command.slice(0, 1).map(launcher => `started by ${basename(launcher)}`),
    ...agentLibraries.map(library => `library ${basename(library)}`),
    ...sidecars.map(({ command: [file] }) => `sidecar ${basename(file)}`),
  ]
  return Object.fromEntries(names.map((name): [string, number] => [name, 1]))
}
