import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const client = `
  const [host, port] = process.argv.slice(1)
  require('https')
    .get({ host, port, path: '/', family: 4, headers: { 'user-agent': 'test' } }, response => {
      response.resume()
      process.stdout.write(String(response.statusCode))
    })
    .on('error', error => process.stdout.write(error.code))`

/** Status or code of the error of a request that a process of this Node sends over https. */
export const askOverHttps = async (
  node: string,
  host: string,
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<string> => {
  const { stdout } = await promisify(execFile)(node, ['--eval', client, host, String(port)], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    timeout: 60_000,
  })
  return stdout
}
