'use strict'

Object.assign(process.env, {
  CONTRAST__API__URL: process.env.COLLECTOR,
  CONTRAST__API__API_KEY: 'isolate-leak',
  CONTRAST__API__SERVICE_KEY: 'isolate-leak',
  CONTRAST__API__USER_NAME: 'isolate-leak',
  CONTRAST__ASSESS__ENABLE: 'true',
})
require('@contrast/agent')
