'use strict'

// Asks another service during each request, over connections that are kept, with a time-out on the socket.
const http = require('node:http')
const express = require(`${process.env.EXPRESS_FOLDER}/node_modules/express`)

const agent = new http.Agent({ keepAlive: true, maxSockets: 10 })

const app = express()
app.get('/orders/:id', (req, res) => {
  const asked = http.get(process.env.AUDIT_URL, { agent, timeout: 5_000 }, answer => {
    answer.resume()
    answer.on('end', () => res.json({ id: req.params.id }))
  })
  asked.on('error', error => res.status(500).end(error.message))
})
app.listen(process.env.PORT || 0, '127.0.0.1')
