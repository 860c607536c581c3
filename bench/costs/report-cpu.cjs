'use strict'

const { cpuUsage } = process

process.on('message', () => {
  const { user, system } = cpuUsage()
  process.send((user + system) / 1000)
})
