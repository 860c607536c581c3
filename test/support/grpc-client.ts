import { connect } from 'node:http2'
import type { ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2'

/** A message as gRPC frames it. */
export const framed = (message: Buffer, compressed = false): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt8(compressed ? 1 : 0, 0)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

export interface GrpcResult {
  readonly httpStatus: number | undefined
  readonly grpcStatus: string | undefined
  readonly body: Buffer
}

const outcome = (stream: ClientHttp2Stream): Promise<GrpcResult> =>
  new Promise((resolve, reject) => {
    let headers: IncomingHttpHeaders & IncomingHttpStatusHeader = {}
    let trailers: IncomingHttpHeaders = {}
    const chunks: Buffer[] = []
    stream.on('response', got => {
      headers = got
    })
    stream.on('trailers', (got: IncomingHttpHeaders) => {
      trailers = got
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('close', () =>
      resolve({
        httpStatus: headers[':status'],
        grpcStatus: (trailers['grpc-status'] ?? headers['grpc-status'])?.toString(),
        body: Buffer.concat(chunks),
      }),
    )
  })

/** One call over http/2 without TLS, its body in these chunks. */
export const grpcCall = async (
  port: number,
  path: string,
  chunks: readonly Buffer[],
  headers: Readonly<Record<string, string>> = {},
): Promise<GrpcResult> => {
  const session = connect(`http://127.0.0.1:${port}`)
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject)
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      })
      outcome(stream).then(resolve, reject)
      for (const chunk of chunks) stream.write(chunk)
      stream.end()
    })
  } finally {
    session.destroy()
  }
}
