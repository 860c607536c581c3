'use strict'

// A cache of 1,200 answers, which a quarter of the shortest trials fills.
const onRequest = require('./on-request.cjs')

const cache = new Map()
let count = 0
onRequest(() => {
  cache.set(count++ % 1200, { at: count, text: `answer ${String(count)}` })
})
