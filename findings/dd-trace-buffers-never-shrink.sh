#!/usr/bin/env bash
# dd-trace 5.132.0 encodes spans into buffers that double when the spans between two flushes do not fit, and that stay as large when a later
# flush is small. A process that answered one burst holds megabytes of array buffers for good, at a time of its own: two healthy processes
# of one service differ by 1, 3 or 7 MiB, and each step looks like a leak that begins. The number of large array buffers tells: it stays
# the same, since a buffer is replaced by one of twice its size.
#
# Seen on Node 20.20.2:
#   after 200 requests, flushed: 2 buffers of at least 512 KiB, 2 MiB together
#   after a burst of 6,000, flushed and idle for 8 s: 2 buffers, 9 MiB together
#   after 200 more requests, one at a time, flushed: 2 buffers, 9 MiB together
# The figures after the burst depend on how fast the machine is; that they are larger than before, stay so, and are as many buffers does not.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent dd-trace@5.132.0

cat >run.cjs <<'JS'
const http = require('node:http')
const { Session } = require('node:inspector')

/** Array buffers of at least 512 KiB, after a full collection. */
function large() {
  const session = new Session()
  session.connect()
  const post = (method, parameters) => {
    let answer
    session.post(method, parameters, (error, result) => {
      if (error) throw new Error(error.message)
      answer = result
    })
    return answer
  }
  const prototype = post('Runtime.evaluate', { expression: 'ArrayBuffer.prototype' }).result.objectId
  const { objectId } = post('Runtime.queryObjects', { prototypeObjectId: prototype }).objects
  const code = 'function () { return this.map(({ byteLength }) => byteLength).filter(bytes => bytes >= 524288) }'
  const { value } = post('Runtime.callFunctionOn', { objectId, functionDeclaration: code, returnByValue: true }).result
  session.disconnect()
  return { count: value.length, mebibytes: value.reduce((sum, bytes) => sum + bytes, 0) / 1048576 }
}

const agent = http.createServer((request, response) => {
  request.resume().on('end', () => response.end('{"rate_by_service":{}}'))
})
agent.listen(0, '127.0.0.1', async () => {
  process.env.DD_TRACE_AGENT_URL = `http://127.0.0.1:${agent.address().port}`
  Object.assign(process.env, { DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false', DD_REMOTE_CONFIGURATION_ENABLED: 'false' })
  const tracer = require('dd-trace').init({ startupLogs: false })
  const request = id => tracer.trace('order', { resource: `GET /orders/${id}`, tags: { note: 'x'.repeat(300) } }, () => {})
  const idle = ms => new Promise(resolve => setTimeout(resolve, ms))

  for (let id = 0; id < 200; id++) request(id)
  await idle(5000)
  const before = large()
  console.log('after 200, flushed:', JSON.stringify(before))
  for (let id = 0; id < 6000; id++) request(id)
  await idle(8000)
  const burst = large()
  console.log('after a burst of 6,000, flushed and idle:', JSON.stringify(burst))
  for (let id = 0; id < 200; id++) {
    request(id)
    if (id % 20 === 0) await idle(100)
  }
  await idle(5000)
  const after = large()
  console.log('after 200 more, flushed:', JSON.stringify(after))
  const grew = burst.mebibytes > before.mebibytes && burst.count === before.count
  const stays = after.mebibytes === burst.mebibytes && after.count === burst.count
  process.exit(grew && stays ? 0 : 1)
})
JS
node run.cjs
