import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'

/** More than any agent sends at once: what claims to be larger is not read. */
const maxOutputLength = 256 * 1024 * 1024

/**
 * A body as it was before it was compressed.
 * @param encoding of the header `content-encoding` or, for a gRPC message, `grpc-encoding`
 * @throws anything when it is not in that encoding
 */
export const uncompressed = (body: Buffer, encoding: string | undefined): Buffer => {
  switch (encoding) {
    case undefined:
    case '':
    case 'identity':
      return body
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, { maxOutputLength })
    case 'deflate':
      return inflateSync(body, { maxOutputLength })
    case 'br':
      return brotliDecompressSync(body, { maxOutputLength })
    default:
      throw new RangeError(`expected gzip, deflate or br, got a body in ${encoding}`)
  }
}
