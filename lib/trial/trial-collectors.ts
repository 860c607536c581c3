import { type CollectorAddress, fillPlaceholders } from '../agents/placeholders.js'
import { debugFor } from '../system/debug.js'
import { type Collector, openCollector } from '../collector/collector.js'
import { REFUSED_PORT, assertRefused } from '../collector/exchange.js'
import type { Backend, CollectorRecord, Received } from '../types/index.js'
import type { CollectorSpec, LaunchSpec, SidecarSpec, TrialSpec } from './types.js'
import type { Proof } from '../types/preset.js'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Certificate, makeCertificate } from '../collector/certificate.js'

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

const POLL_MS = 25

/** How many times as long as an agent holds its reports at most they are waited for. */
const PATIENCE = 3

/**
 * Whether it can be seen that every agent of a trial has reported what was performed. Then nobody has to watch for what is flushed at an
 * interval.
 */
export function hasReceipts(
  { launch, backend }: Pick<TrialSpec, 'launch' | 'backend'>,
  agents: readonly string[],
): boolean {
  const seen = new Set(launch.collectors.filter(isSeen).map(({ agent }) => agent))
  return backend === 'up' && agents.length > 0 && agents.every(agent => seen.has(agent))
}

function isSeen({ elsewhere, proof }: CollectorSpec): boolean {
  return !elsewhere && proof?.withinMs !== undefined
}

/** Waits until the agents of one trial have reported what was performed. */
export type Receipts = (operations: number) => Promise<void>

/**
 * Each agent is waited for until it has reported every operation, or nothing more for as long as it holds reports at most, and no longer
 * than three times that. What it has not sent yet would count as growth, or hide some. One that has reported nothing at all is not waited
 * for again.
 * @param records what collectors have received by now, in the order of the specs
 */
export function openReceipts(
  specs: readonly CollectorSpec[],
  records: () => readonly CollectorRecord[],
): Receipts {
  const silent = new Set<number>()
  const reported = async (
    index: number,
    proof: Proof,
    withinMs: number,
    operations: number,
  ): Promise<void> => {
    const startedAtMs = performance.now()
    let last = { count: -1, sinceMs: startedAtMs }
    for (;;) {
      const nowMs = performance.now()
      const record = records()[index]
      if (record === undefined) return
      if (proof.entries && entriesOf(record) >= operations) return
      const count = countOf(record)
      if (count !== last.count) last = { count, sinceMs: nowMs }
      if (nowMs - last.sinceMs >= withinMs || nowMs - startedAtMs >= PATIENCE * withinMs) {
        if (entriesOf(record) === 0 && record.atEnd.requests === record.beforeLoad.requests) silent.add(index)
        return
      }
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
  }
  return async operations => {
    await Promise.all(
      specs.map(async ({ proof, elsewhere }, index) => {
        if (proof?.withinMs === undefined || elsewhere || silent.has(index)) return
        await reported(index, proof, proof.withinMs, operations)
      }),
    )
  }
}

function entriesOf({ atEnd, beforeLoad }: CollectorRecord): number {
  return atEnd.items.entries - beforeLoad.items.entries
}

/** Requests only where nothing is known of what is in them: some tell at intervals that they are alive. */
function countOf({ atEnd: { items, requests } }: CollectorRecord): number {
  const { entries, spans, errors } = items
  return entries + spans + errors === 0 ? requests : entries + spans + errors
}

/** The certificate of a run, and the files by which applications trust it. */
export interface CertificateFiles {
  readonly certificate: Certificate
  /** A file for this launch: it takes the place of the application's own `NODE_EXTRA_CA_CERTS`, and so holds what that names too. */
  fileFor(launch: Pick<LaunchSpec, 'env' | 'cwd'>): Promise<string>
}

/** Makes a certificate, and files in `folder`: one for each set of authorities that launches have of their own. */
export async function certificateFiles(folder: string): Promise<CertificateFiles> {
  const certificate = await makeCertificate()
  const files = new Map<string, Promise<string>>()
  const write = async (own: string, number: number): Promise<string> => {
    const file = join(folder, `collector-${String(number)}.pem`)
    await writeFile(file, certificate.cert + (own === '' ? '' : await authoritiesIn(own)))
    return file
  }
  return {
    certificate,
    async fileFor({ env, cwd }) {
      const named = env['NODE_EXTRA_CA_CERTS'] ?? ''
      const own = named === '' ? '' : resolve(cwd, named)
      const known = files.get(own)
      if (known !== undefined) return known
      const file = write(own, files.size)
      files.set(own, file)
      return file
    },
  }
}

async function authoritiesIn(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    // Node warns of a file that it cannot read, and goes on.
    debug('NODE_EXTRA_CA_CERTS: %O', error)
    return ''
  }
}
