import { readFile } from 'node:fs/promises'
import type { BisectData } from '../../types/bisect.js'
import { IsolateLeakError } from '../../errors.js'
import { shapeFault, type Shape } from '../read/check-shape.js'

/** What a post-mortem needs of it. */
const shape: Shape = {
  fields: {
    verdict: ['found', 'clean', 'leaks throughout', 'inconclusive'],
    agent: 'string',
    reason: 'string',
    edges: {
      every: {
        fields: {
          kind: ['bad', 'fixed'],
          version: 'string',
          before: 'string',
          packages: { every: { fields: { name: 'string' } } },
        },
      },
    },
    versions: { every: { fields: { version: 'string' } } },
  },
}

/**
 * Reads the answer of a search among versions (`bisect.json` of its `outDir`, or what `--json` prints).
 * @throws IsolateLeakError `ERR_REPORT` when it cannot be read or is something else
 */
export async function readBisect(path: string): Promise<BisectData> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError(
      'ERR_REPORT',
      `expected the answer of bisect (JSON) at ${path}, got: ${message}`,
      {
        cause,
      },
    )
  }
  const fault = shapeFault(value, shape, '')
  if (fault !== null) throw new IsolateLeakError('ERR_REPORT', `${fault}, in the answer of bisect ${path}`)
  return value as BisectData
}
