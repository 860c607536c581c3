'use strict'

// Counts requests by path. PROM_LABEL is `url` for the URL as it came, which makes a series for each, or `route`.
const client = require(`${process.env.PROM_FOLDER}/node_modules/prom-client`)
const onRequest = require('./on-request.cjs')

const counter = new client.Counter({ name: 'requests', help: 'Requests by path', labelNames: ['path'] })
const byUrl = process.env.PROM_LABEL === 'url'

onRequest((req, res) => {
  res.on('finish', () => counter.inc({ path: byUrl ? req.url : '/orders/:id' }))
})
