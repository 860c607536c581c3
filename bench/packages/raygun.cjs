'use strict'

const raygun = require('raygun')

new raygun.Client().init({
  apiKey: 'isolate-leak',
  host: process.env.COLLECTOR_HOST,
  port: Number(process.env.COLLECTOR_PORT),
  useSSL: false,
  reportUncaughtExceptions: true,
})
