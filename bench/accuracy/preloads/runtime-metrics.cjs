'use strict'

// dd-trace with runtime metrics. Its interval of 10 s is fixed: twenty times as often shows in two minutes what would
// take forty.
const { setInterval } = globalThis
globalThis.setInterval = (callback, ms, ...args) => setInterval(callback, ms === 10_000 ? 500 : ms, ...args)

require(`${process.env.DD_FOLDER}/node_modules/dd-trace/init.js`)
