import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { IsolateLeakOptions } from 'isolate-leak'
import type * as Resolve from '../../lib/run/resolve/resolve-options.js'
import type * as CaptureEvidence from '../../lib/trial/capture-evidence.js'
import type { EvidenceSpec } from '../../lib/trial/types.js'
import { projectPath } from './project-path.js'

/** The trial host is a script of the build, and is found beside what starts it. */
const built = async <T>(...parts: readonly string[]): Promise<T> =>
  (await import(pathToFileURL(projectPath('dist', ...parts)).href)) as T

export interface KeptCapture extends CaptureEvidence.EvidenceCapture {
  /** Removes the snapshots. */
  readonly release: () => Promise<void>
}

/** Runs an evidence trial of all agents of a call; its snapshots are kept as they are until they are released. */
export const capture = async (
  options: IsolateLeakOptions,
  evidence: Partial<EvidenceSpec> = {},
): Promise<KeptCapture> => {
  const { resolveOptions } = await built<typeof Resolve>('run', 'resolve', 'resolve-options.js')
  const { captureEvidence } = await built<typeof CaptureEvidence>('trial', 'capture-evidence.js')
  const resolved = await resolveOptions(options)
  const folder = await mkdtemp(join(tmpdir(), 'isolate-leak-kept-'))
  const spec: EvidenceSpec = {
    points: [50, 150, 250],
    heapLimitBytes: 128 * 1024 * 1024,
    part: null,
    keep: { folder, key: null },
    ...evidence,
  }
  const planned = {
    id: 1,
    agents: resolved.agents.map(({ name }) => name),
    backend: 'up' as const,
    purpose: 'evidence' as const,
    operations: spec.points.at(-1) ?? 0,
  }
  const release = async (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    return { ...(await captureEvidence(resolved, planned, spec, 0)), release }
  } catch (error) {
    await release()
    throw error
  }
}
