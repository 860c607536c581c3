'use strict'

// Tells another service of each request and attaches no response listener: Node then discards the answer by itself.
const http = require('node:http')

const agent = new http.Agent({ keepAlive: true, maxSockets: 16 })

http
  .createServer((req, res) => {
    const call = http.request(process.env.AUDIT_URL, { method: 'POST', agent })
    call.on('error', () => {})
    call.end('seen')
    res.end('ok')
  })
  .listen(process.env.PORT || 0, '127.0.0.1')
