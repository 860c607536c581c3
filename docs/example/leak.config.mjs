import { http } from 'isolate-leak'

export default {
  entry: './server.js',
  agents: [
    { name: 'timing', require: './agents/timing.cjs' },
    { name: 'trace', require: './agents/trace.cjs' },
  ],
  workload: http({ path: ['/orders/1', '/orders/2', '/orders/3'] }),
  effort: 'quick',
  retentionMs: 5_000,
}
