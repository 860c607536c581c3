'use strict'

// A tracer that keeps nothing: a span for each request, dropped when it is answered.
const onRequest = require('./on-request.cjs')

onRequest((req, res) => {
  const span = { name: `${req.method} ${req.url}`, startedAtMs: performance.now(), durationMs: 0 }
  res.on('finish', () => {
    span.durationMs = performance.now() - span.startedAtMs
  })
})
