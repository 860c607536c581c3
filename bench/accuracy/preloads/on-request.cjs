'use strict'

// Calls `listener` for each request before the application sees it.
const { Server } = require('node:http')

module.exports = listener => {
  const { emit } = Server.prototype
  Server.prototype.emit = function (name, ...args) {
    if (name === 'request') listener(...args)
    return emit.call(this, name, ...args)
  }
}
