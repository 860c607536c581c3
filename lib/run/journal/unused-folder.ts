import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { isFile } from '../../system/file-exists.js'
import { IsolateLeakError } from '../../errors.js'

/** The files that a call would write over. */
export interface Written {
  /** JSON lines, the first of which says what was asked for. */
  readonly journal: string
  readonly report: string
}

/**
 * Refuses to write over what an earlier call left: it would be lost, or its report stand beside the journal of another. A journal in
 * which nothing was measured yet may be replaced.
 * @param otherwise what else could be done with what is there, as the beginning of an advice
 * @throws IsolateLeakError `ERR_OUTPUT`
 */
export async function checkUnused(
  outDir: string,
  { journal, report }: Written,
  otherwise = '',
): Promise<void> {
  const found = [...((await holdsResults(journal)) ? [journal] : []), ...(isFile(report) ? [report] : [])]
  if (found.length === 0) return
  throw new IsolateLeakError(
    'ERR_OUTPUT',
    `expected outDir ${outDir} to hold no earlier run, but it has ${found.map(file => basename(file)).join(' and ')}, ` +
      `which would be lost: ${otherwise}use another folder, or remove what is there`,
  )
}

async function holdsResults(journal: string): Promise<boolean> {
  const text = await readFile(journal, 'utf8').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return ''
    const { message } = cause as Error
    throw new IsolateLeakError('ERR_OUTPUT', `expected to write ${journal}, got: ${message}`, { cause })
  })
  return !/^(?:\{"type":"(?:run|bisect)"[^\n]*\n?)?$/.test(text)
}
