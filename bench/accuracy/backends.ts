import { createRequire } from 'node:module'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { installed } from '../../test/support/install-agents.js'
import { startBackend, type BackendKind, type LoopbackBackend } from '../../test/support/loopback-backend.js'
import type { AccuracyCase, BackendSetting, RunningBackend } from './cases/types.js'

/** Port of the discard service, on which nobody listens today. */
const REFUSED_PORT = 9

/** The collectors of one case. */
export interface Backends {
  readonly running: Readonly<Record<string, RunningBackend>>
  /** Requests received so far, by collector and kind. */
  received(): Readonly<Record<string, Readonly<Record<BackendKind, number>>>>
  close(): Promise<void>
}

/** Starts what the case asks for; the certificate of this run goes to `folder`. */
export const startBackends = async ({ backends = {} }: AccuracyCase, folder: string): Promise<Backends> => {
  const started = new Map<string, LoopbackBackend>()
  const running: Record<string, RunningBackend> = {}
  for (const [name, setting] of Object.entries(backends)) {
    const tls = setting.secure === true ? await certificate(folder) : undefined
    const path = tls?.path ?? ''
    if (setting.behaves === 'refused') {
      running[name] = {
        url: `http${tls ? 's' : ''}://127.0.0.1:${REFUSED_PORT.toString()}`,
        port: REFUSED_PORT,
        certificate: path,
      }
      continue
    }
    const backend = await startBackend({ hangs: setting.behaves === 'hanging', ...(tls ? { tls } : {}) })
    started.set(name, backend)
    running[name] = { url: backend.url, port: backend.port, certificate: path }
  }
  return {
    running,
    received: () => Object.fromEntries([...started].map(([name, backend]) => [name, backend.received()])),
    close: async () => {
      await Promise.all([...started.values()].map(backend => backend.close()))
    },
  }
}

/**
 * An agent that sent nothing did nothing: there is no answer to judge.
 * @throws Error
 */
export const checkReported = (
  settings: Readonly<Record<string, BackendSetting>>,
  received: ReturnType<Backends['received']>,
): void => {
  for (const [name, { reports }] of Object.entries(settings)) {
    if (reports !== undefined && (received[name]?.[reports] ?? 0) === 0)
      throw new Error(
        `expected the ${name} to be sent ${reports} requests, got: ${JSON.stringify(received[name])}`,
      )
  }
}

interface SelfSigned {
  generate(
    attributes: readonly { name: string; value: string }[],
    options: Readonly<Record<string, unknown>>,
  ): { readonly private: string; readonly cert: string }
}

let made: Promise<{ key: string; cert: string; path: string }> | undefined

/** A certificate for localhost, made once a run. */
const certificate = (folder: string): Promise<{ key: string; cert: string; path: string }> => {
  made ??= makeCertificate(folder)
  return made
}

const makeCertificate = async (folder: string): Promise<{ key: string; cert: string; path: string }> => {
  const packages = await installed(['selfsigned@2.4.1'])
  const { generate } = createRequire(join(packages, 'package.json'))('selfsigned') as SelfSigned
  const { private: key, cert } = generate([{ name: 'commonName', value: 'localhost' }], {
    ...{ days: 30, keySize: 2048, algorithm: 'sha256' },
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'certificate.pem')
  await writeFile(path, cert)
  return { key, cert, path }
}
