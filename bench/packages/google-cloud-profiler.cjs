'use strict'

// It can be told no other address.
require('@google-cloud/profiler').start({
  projectId: 'isolate-leak',
  serviceContext: { service: 'isolate-leak', version: '1.0.0' },
})
