'use strict'

// It can be told no other address.
require('@google-cloud/trace-agent').start({ projectId: 'isolate-leak' })
