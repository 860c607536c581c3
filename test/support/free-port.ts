import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/** A port of loopback on which nobody listens, for what must be told its port before it is started. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
