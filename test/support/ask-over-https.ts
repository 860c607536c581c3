import { runClean } from './run-clean.js'

const client = `
  const [host, port] = process.argv.slice(1)
  require('https')
    .get({ host, port, path: '/', family: 4, headers: { 'user-agent': 'test' } }, response => {
      response.resume()
      process.stdout.write(String(response.statusCode))
    })
    .on('error', error => process.stdout.write(error.code))`

/**
 * Status or code of the error of a request that a process of this Node sends over https.
 * @param ca path of the authorities that it trusts besides those of its own
 */
export const askOverHttps = async (node: string, host: string, port: number, ca = ''): Promise<string> => {
  const { stdout, stderr } = await runClean(node, ['--eval', client, host, String(port)], {
    cwd: process.cwd(),
    env: { NODE_EXTRA_CA_CERTS: ca },
    timeoutMs: 60_000,
  })
  return stdout + stderr
}
