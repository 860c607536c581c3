'use strict'

const atatus = require('atatus-nodejs')

atatus.start({
  licenseKey: 'lic_apm_isolate-leak',
  appName: 'isolate-leak',
  notifyHost: process.env.COLLECTOR_HOST,
  notifyPort: process.env.COLLECTOR_PORT,
  useSSL: false,
})
