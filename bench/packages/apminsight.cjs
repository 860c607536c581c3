'use strict'

Object.assign(process.env, {
  APMINSIGHT_LICENSE_KEY: 'isolate-leak',
  APMINSIGHT_APP_NAME: 'isolate-leak',
  APMINSIGHT_APP_PORT: '3000',
  APMINSIGHT_APM_HOST: process.env.COLLECTOR_HOST,
  APMINSIGHT_APM_PORT: process.env.COLLECTOR_PORT,
})
require('apminsight')
