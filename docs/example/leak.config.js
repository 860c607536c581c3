import { http } from 'isolate-leak'

export default {
  entry: './server.js',
  agents: ['./agents/tracer.cjs', './agents/audit.cjs'],
  workload: http({ path: index => `/orders/${index % 1000}` }),
  effort: 'quick',
}
