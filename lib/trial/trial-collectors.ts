import { fillPlaceholders, type CollectorAddress } from '../agents/placeholders.js'
import { debugFor } from '../system/debug.js'
import { openCollector, type Collector } from '../collector/collector.js'
import { assertRefused, REFUSED_PORT } from '../collector/refused.js'
import type { Backend, CollectorRecord, Received } from '../types/index.js'
import type { CertificateFiles } from './certificate-files.js'
import type { LaunchSpec, SidecarSpec } from './types.js'

const debug = debugFor('collector')

/** The collectors of one trial, one for each agent that reports. */
export interface TrialCollectors {
  /** The launch with the addresses filled in. */
  readonly launch: LaunchSpec
  /** Notes what the agents sent to get started, before the first operation. */
  beginLoad(): void
  records(): readonly CollectorRecord[]
  /** Ends the connections that agents keep for their next report. */
  endIdle(): void
  close(): Promise<void>
}

/**
 * Opens what the agents of a launch report to.
 * @throws IsolateLeakError `ERR_COLLECTOR` when something answers where nothing should
 */
export async function openTrialCollectors(
  launch: LaunchSpec,
  backend: Backend,
  certificates: () => Promise<CertificateFiles>,
): Promise<TrialCollectors> {
  const open: (Collector | null)[] = []
  const close = async (): Promise<void> => {
    await Promise.all(open.map(async collector => collector?.close()))
  }
  if (launch.collectors.length === 0) {
    return { launch, beginLoad: () => undefined, records: () => [], endIdle: () => undefined, close }
  }
  const files = await certificates()
  const { certificate } = files
  const file = await files.fileFor(launch)
  try {
    if (backend === 'down') await assertRefused()
    for (const { elsewhere } of launch.collectors) {
      const wanted = backend !== 'down' && !elsewhere
      open.push(wanted ? await openCollector({ backend, certificate }) : null)
    }
    for (const [index, { agent, elsewhere }] of launch.collectors.entries()) {
      const port = open[index]?.port
      debug(
        '%s: %s',
        agent,
        elsewhere ? 'elsewhere' : port === undefined ? backend : `${backend} on port ${String(port)}`,
      )
    }
  } catch (error) {
    await close()
    throw error
  }
  const env = { ...launch.env }
  const addresses = launch.collectors.map((_, index) => ({
    port: open[index]?.port ?? REFUSED_PORT,
    certificateFile: file,
  }))
  for (const [index, collector] of launch.collectors.entries()) {
    const address = addresses[index] as CollectorAddress
    for (const [name, value] of Object.entries(collector.env)) env[name] = fillPlaceholders(value, address)
  }
  const sidecars = launch.sidecars.map(sidecar => {
    const address = addresses[launch.collectors.findIndex(({ agent }) => agent === sidecar.agent)]
    return address === undefined ? sidecar : filled(sidecar, address)
  })
  const received = (): Received[] => launch.collectors.map((_, index) => open[index]?.received() ?? NOTHING)
  let beforeLoad = received()
  return {
    launch: { ...launch, env, sidecars },
    beginLoad() {
      beforeLoad = received()
    },
    records() {
      const atEnd = received()
      for (const [index, { agent }] of launch.collectors.entries()) debug('%s: got %o', agent, atEnd[index])
      return launch.collectors.map(({ agent, elsewhere }, index) => ({
        agent,
        elsewhere,
        beforeLoad: beforeLoad[index] ?? NOTHING,
        atEnd: atEnd[index] ?? NOTHING,
      }))
    },
    endIdle() {
      for (const collector of open) collector?.endIdle()
    },
    close,
  }
}

function filled(sidecar: SidecarSpec, address: CollectorAddress): SidecarSpec {
  const fill = (text: string): string => fillPlaceholders(text, address)
  const [file, ...args] = sidecar.command
  const env = Object.entries(sidecar.env).map(([name, value]) => [name, fill(value)])
  return {
    ...sidecar,
    command: [file, ...args.map(fill)],
    env: Object.fromEntries(env) as Record<string, string>,
  }
}

const NOTHING: Received = {
  ...{ requests: 0, bytes: 0, protocols: [], unreadable: 0 },
  items: { entries: 0, spans: 0, errors: 0, metrics: 0, logs: 0 },
}
