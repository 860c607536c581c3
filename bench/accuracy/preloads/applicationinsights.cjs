'use strict'

const insights = require(`${process.env.INSIGHTS_FOLDER}/node_modules/applicationinsights`)

const key = '11111111-2222-3333-4444-555555555555'
insights
  .setup(`InstrumentationKey=${key};IngestionEndpoint=${process.env.INSIGHTS_URL}/`)
  .setSendLiveMetrics(false)
  .start()
