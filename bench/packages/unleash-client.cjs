'use strict'

const { initialize } = require('unleash-client')

const unleash = initialize({
  url: `${process.env.COLLECTOR}/api/`,
  appName: 'isolate-leak',
  customHeaders: { Authorization: 'isolate-leak' },
})

unleash.on('error', () => {})
