import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

export interface FakePackage {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly engines?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly deprecated?: string
  /** Text of its index.js; default: its version is exported. */
  readonly code?: string
}

/** A registry on loopback that speaks as much of npm's protocol as installing takes. */
export interface Registry {
  readonly url: string
  /** Requests so far, as `GET /name`. */
  readonly requests: string[]
  /** Accepts requests for tarballs and does not answer while set. */
  silent: boolean
  /** Adds versions, as publishing them would. */
  publish(...packages: readonly FakePackage[]): void
  close(): Promise<void>
}

export const startRegistry = async (...packages: readonly FakePackage[]): Promise<Registry> => {
  const published = [...packages]
  const requests: string[] = []
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    requests.push(`${request.method ?? ''} ${path}`)
    const [, name = '', file] = /^\/((?:@[^/]+\/)?[^/]+)(?:\/-\/(.+))?$/.exec(path) ?? []
    if (file !== undefined && registry.silent) return
    const wanted = published.find(one => file === `${one.version}.tgz` && one.name === name)
    if (wanted !== undefined) return response.end(tarballOf(wanted))
    const versions = published.filter(one => one.name === name)
    if (file !== undefined || versions.length === 0)
      return response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}')
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(packument(name, versions, registry.url)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const registry: Registry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    silent: false,
    publish: (...more) => void published.push(...more),
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  return registry
}

const packument = (name: string, versions: readonly FakePackage[], url: string): object => ({
  name,
  'dist-tags': {
    latest: versions.filter(({ version }) => !/beta/.test(version)).at(-1)?.version,
    ...(versions.some(({ version }) => /beta/.test(version))
      ? { next: versions.filter(({ version }) => /beta/.test(version)).at(-1)?.version }
      : {}),
  },
  time: Object.fromEntries(
    versions.map(({ version }, index) => [version, new Date(index * 1e9).toISOString()]),
  ),
  versions: Object.fromEntries(
    versions.map(one => {
      const integrity = `sha512-${createHash('sha512').update(tarballOf(one)).digest('base64')}`
      return [one.version, { ...one, dist: { integrity, tarball: `${url}${name}/-/${one.version}.tgz` } }]
    }),
  ),
})

/** A package of two files, packed as npm does. */
export const tarballOf = (
  { code: own, ...manifest }: FakePackage,
  code = own ?? `module.exports = '${manifest.version}'`,
): Buffer =>
  gzipSync(
    Buffer.concat([
      entry('package/package.json', JSON.stringify(manifest)),
      entry('package/index.js', code),
      Buffer.alloc(1024),
    ]),
  )

const entry = (name: string, content: string): Buffer => {
  const header = Buffer.alloc(512)
  const size = Buffer.byteLength(content)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (size % 512)) % 512)])
}
