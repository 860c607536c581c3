#!/usr/bin/env node
import { EXIT, errorText } from './exit-status.js'
import { main } from './main.js'
import { processContext } from './process-context.js'

const context = processContext()
// Whatever ends the process before there is a verdict must not look like one.
process.exitCode = EXIT.failed
process.on('uncaughtException', error => {
  process.stderr.write(errorText(error, context.env))
  context.exit(EXIT.failed)
})
main(process.argv.slice(2), context).then(
  status => context.exit(status),
  (error: unknown) => {
    throw error
  },
)
