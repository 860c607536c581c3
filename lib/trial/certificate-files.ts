import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { makeCertificate, type Certificate } from '../collector/certificate.js'
import { debugFor } from '../system/debug.js'
import type { LaunchSpec } from './types.js'

const debug = debugFor('collector')

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
