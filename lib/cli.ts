#!/usr/bin/env node
import { main } from './cli/main.js'
import { processContext } from './cli/process-context.js'

const context = processContext()
// whatever ends the process before there is a verdict must not look like one
process.exitCode = 3
main(process.argv.slice(2), context).then(
  status => context.exit(status),
  (error: unknown) => {
    throw error
  },
)
