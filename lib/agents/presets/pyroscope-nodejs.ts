import type { Preset } from '../../types/preset.js'

const name = '@pyroscope/nodejs'

/** A profiler: it samples what runs and what allocates, so that no request is reported as such. */
export const pyroscopeNodejs: Preset = {
  package: name,
  title: 'Grafana Pyroscope',
  attach: [{ versions: '>=0.4.0', by: 'start', specifier: 'pyroscope' }],
  env: () => ({
    ISOLATE_LEAK_START_PYROSCOPE: '{agent}',
    PYROSCOPE_SERVER_ADDRESS: '{collector}',
    PYROSCOPE_APPLICATION_NAME: 'isolate-leak',
  }),
  flush: () => ({
    env: { PYROSCOPE_FLUSH_INTERVAL_MS: '1000' },
    text: 'profiles every 1 s instead of 60 s',
  }),
  switches: null,
  proof: { protocol: 'pyroscope', entries: false, withinMs: 1_500 },
  recognise: { env: ['PYROSCOPE_'], paths: [`/node_modules/${name}/`] },
}
