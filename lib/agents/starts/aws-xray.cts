import type * as Http from 'node:http'
import type * as Https from 'node:https'
import type { LoadAgent } from './load-agent.cjs'

interface XRay {
  readonly captureHTTPsGlobal: (module: object) => void
  readonly getNamespace: () => {
    readonly bindEmitter: (emitter: unknown) => void
    readonly run: (task: () => void) => void
  }
  readonly setSegment: (segment: unknown) => void
  readonly middleware: {
    readonly disableCentralizedSampling: () => void
    readonly setSamplingRules: (rules: object) => void
    readonly traceRequestResponseCycle: (request: unknown, response: unknown) => unknown
  }
}

type Emit = (this: unknown, event: string, ...values: unknown[]) => boolean

const http = require('node:http') as typeof Http
const https = require('node:https') as typeof Https
const loadAgent = require('./load-agent.cjs') as LoadAgent

const xray = loadAgent('ISOLATE_LEAK_START_AWS_XRAY') as XRay
const { middleware } = xray
// Else it asks its daemon which requests to keep, and keeps one a second while there is no answer.
middleware.disableCentralizedSampling()
middleware.setSamplingRules({ version: 2, default: { fixed_target: 0, rate: 1 } })
xray.captureHTTPsGlobal(http)
xray.captureHTTPsGlobal(https)

/** What its middleware does before the next one, here before the application's own listener. */
function openSegments(server: { emit: Emit }): void {
  const { emit } = server
  server.emit = function (event, ...values) {
    if (event !== 'request') return emit.call(this, event, ...values)
    const [request, response] = values
    const segment = middleware.traceRequestResponseCycle(request, response)
    const namespace = xray.getNamespace()
    namespace.bindEmitter(request)
    namespace.bindEmitter(response)
    let isListenedTo = false
    namespace.run(() => {
      xray.setSegment(segment)
      isListenedTo = emit.call(this, event, ...values)
    })
    return isListenedTo
  }
}

openSegments(http.Server.prototype as { emit: Emit })
openSegments(https.Server.prototype as { emit: Emit })
