import type { Preset } from '../../types/preset.js'

const name = 'aws-xray-sdk-core'

/**
 * With the helpers that its documentation gives to frameworks that it has no middleware for: a segment for each request that a
 * server of Node takes, and for each that the application sends a part of it. Segments are datagrams, which no collector gets.
 */
export const awsXraySdkCore: Preset = {
  package: name,
  title: 'AWS X-Ray SDK',
  attach: [{ versions: '>=3.3.0', by: 'start', specifier: 'aws-xray' }],
  env: () => ({
    ISOLATE_LEAK_START_AWS_XRAY: '{agent}',
    // Keeps them from a daemon on the same machine.
    AWS_XRAY_DAEMON_ADDRESS: '{collector.host}:{collector.port}',
    AWS_XRAY_TRACING_NAME: 'isolate-leak',
    // Requests that the application sends of its own accord have no segment to be part of.
    AWS_XRAY_CONTEXT_MISSING: 'IGNORE_ERROR',
  }),
  // Every segment is sent when it ends.
  flush: () => null,
  switches: null,
  proof: null,
  recognise: { env: ['AWS_XRAY_'], paths: [`/node_modules/${name}/`] },
}
