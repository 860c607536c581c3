'use strict'

const http = require('node:http')

/** Calls a function with the url of every request that any server of the process gets. */
module.exports = call => {
  const { emit } = http.Server.prototype
  http.Server.prototype.emit = function (event, ...args) {
    if (event === 'request') call(args[0].url)
    return emit.call(this, event, ...args)
  }
}
