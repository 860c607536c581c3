import type { LoadAgent } from './load-agent.cjs'

type StartOneAgent = (options: unknown) => unknown

const loadAgent = require('./load-agent.cjs') as LoadAgent

const start = loadAgent('ISOLATE_LEAK_START_DYNATRACE') as StartOneAgent
// The package has no variable for its options.
start(JSON.parse(process.env['ISOLATE_LEAK_DYNATRACE_OPTIONS'] ?? '{}'))
