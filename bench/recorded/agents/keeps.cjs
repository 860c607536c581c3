'use strict'

// Keeps about 200 bytes a request.
const onRequest = require('./on-request.cjs')

globalThis.kept = []
onRequest(url => globalThis.kept.push({ url: `${url}?${'x'.repeat(96)}${String(Math.random())}` }))
