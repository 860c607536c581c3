import type { Preset } from '../../types/preset.js'

/**
 * A native library that is injected with LD_PRELOAD and brings its own code into Node, as Dynatrace's OneAgent on a host
 * does. Which one is said by the agent's own `env`. What it sends is the vendor's own format.
 */
export const oneagent: Preset = {
  package: 'oneagent',
  title: 'OneAgent injected with LD_PRELOAD',
  attach: [],
  env: () => ({
    DT_TENANT: 'isolateleak',
    DT_TENANTTOKEN: 'isolate-leak',
    DT_CONNECTION_POINT: '{collector}/communication',
  }),
  flush: () => null,
  switches: null,
  proof: { protocol: 'dynatrace', entries: false },
  recognise: {
    env: ['DT_', 'LD_PRELOAD'],
    paths: ['liboneagentproc.so', '/dynatrace/oneagent/', 'nodejsagent.js'],
  },
}
