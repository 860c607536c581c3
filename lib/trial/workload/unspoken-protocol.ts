import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'

const LIMIT_MS = 1_000
/** A frame's head, an alert, or enough of a greeting to know who greets. */
const LONGEST_HEAD = 40

const USE_FUNCTION = 'http() sends HTTP/1.1; write a workload function with a client of that protocol'

/**
 * What a server speaks that does not answer requests of HTTP/1.1, as a sentence that says what to do; `null` where it says nothing, or does
 * speak HTTP/1.1.
 * @param url origin of the server; one of `https:` is known to speak HTTP
 */
export async function unspokenProtocol(url: string): Promise<string | null> {
  const { protocol, hostname, port, host } = new URL(url)
  if (protocol !== 'http:') return null
  const to = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) }
  const head = await firstBytes(connect(to), `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  if (head === null) return null
  if (head.length > 0) return protocolOf(head)
  // TLS servers of Node close the connection without an alert.
  const offered = await agreedProtocol(to, ['h2'])
  if (offered === 'h2') return `it speaks HTTP/2 over TLS, and no HTTP/1.1. ${USE_FUNCTION}`
  return offered === null && (await agreedProtocol(to)) === null ? null : TLS
}

const TLS =
  'it speaks TLS. http() does, too, where the server is one of https.createServer(); otherwise write a workload function'

function protocolOf(head: Buffer): string | null {
  if (head.toString('latin1').startsWith('HTTP/1.')) return null
  if (isSettingsFrame(head)) {
    return `its first bytes are a SETTINGS frame of HTTP/2. ${USE_FUNCTION}`
  }
  if ((head[0] === 0x15 || head[0] === 0x16) && head[1] === 3) {
    return `its first bytes are ${head[0] === 0x15 ? 'an alert' : 'a handshake'} of TLS: ${TLS}`
  }
  const text = head.toString('latin1')
  const isText = /^[\t\r\n\x20-\x7e]+$/.test(text)
  const shown = isText ? `'${text.replaceAll(/\s+/g, ' ').trim()}'` : head.toString('hex')
  return `its first bytes are ${shown}, which is not HTTP. Is that the server that is meant? ${USE_FUNCTION}`
}

/** Its length is that of whole settings, its type 4, and it has no flags and no stream. */
function isSettingsFrame(head: Buffer): boolean {
  if (head.length < 9) return false
  return head.readUIntBE(0, 3) % 6 === 0 && head[3] === 4 && head[4] === 0 && head.readUInt32BE(5) === 0
}

/** What comes first; empty: the connection was closed without; `null`: neither in time, or there was no connection. */
async function firstBytes(socket: Socket, request: string): Promise<Buffer | null> {
  return new Promise(resolve => {
    let isConnected = false
    const done = (head: Buffer | null): void => {
      socket.destroy()
      resolve(head)
    }
    socket.setTimeout(LIMIT_MS, () => {
      done(null)
    })
    socket.once('connect', () => {
      isConnected = true
      socket.write(request)
    })
    socket.once('data', chunk => {
      done(chunk.subarray(0, LONGEST_HEAD))
    })
    socket.on('error', () => {
      done(isConnected ? Buffer.alloc(0) : null)
    })
    socket.once('close', () => {
      done(Buffer.alloc(0))
    })
  })
}

/** What a TLS server chooses of what is offered, `''` where it does not choose, `null` where there is no TLS or no choice. */
async function agreedProtocol(
  to: { readonly host: string; readonly port: number },
  ALPNProtocols?: string[],
): Promise<string | null> {
  return new Promise(resolve => {
    const socket = connectSecurely({
      ...to,
      rejectUnauthorized: false,
      ...(ALPNProtocols && { ALPNProtocols }),
    })
    const done = (protocol: string | null): void => {
      socket.destroy()
      resolve(protocol)
    }
    socket.setTimeout(LIMIT_MS, () => {
      done(null)
    })
    socket.once('secureConnect', () => {
      done(socket.alpnProtocol || '')
    })
    socket.on('error', () => {
      done(null)
    })
    socket.once('close', () => {
      done(null)
    })
  })
}
