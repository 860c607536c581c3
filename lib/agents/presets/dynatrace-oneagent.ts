import type { Preset } from '../../types/preset.js'

const name = '@dynatrace/oneagent'

/** Its npm package, which carries the native agent with it. What it sends is the vendor's own format. */
export const dynatraceOneagent: Preset = {
  package: name,
  title: 'Dynatrace OneAgent for Node.js (npm)',
  attach: [{ versions: '>=1.0.0', by: 'start', specifier: 'dynatrace' }],
  env: () => ({
    ISOLATE_LEAK_START_DYNATRACE: '{agent}',
    ISOLATE_LEAK_DYNATRACE_OPTIONS: JSON.stringify({
      environmentid: 'isolateleak',
      apitoken: 'isolate-leak',
      server: '{collector}',
    }),
  }),
  flush: () => null,
  switches: null,
  proof: { protocol: 'dynatrace', entries: false },
  node: [{ versions: '<=1.221.132', node: '<=16', otherwise: 'loads no native agent, without a word' }],
  recognise: {
    env: ['DT_'],
    paths: [`/node_modules/${name}/`, '/node_modules/@dynatrace/oneagent-dependency/'],
  },
}
