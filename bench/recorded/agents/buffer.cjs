'use strict'

// What an exporter without a collector does: it holds a record of every request until its next interval.
const onRequest = require('./on-request.cjs')

let held = []
onRequest(url => held.push({ url, at: Date.now() }))
setInterval(() => (held = []), 2_000).unref()
