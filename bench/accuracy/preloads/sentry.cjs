'use strict'

// Sentry with local variables, also of errors that are caught.
const Sentry = require(`${process.env.SENTRY_FOLDER}/node_modules/@sentry/node`)

Sentry.init({
  dsn: process.env.SENTRY_DSN,
  includeLocalVariables: true,
  integrations: [new Sentry.Integrations.LocalVariables({ captureAllExceptions: true })],
})
// Shows that it reports at all.
setTimeout(() => Sentry.captureMessage('started'), 300).unref()
