/** The probe's own thread: answers the trial host, and asks the main thread through its inspector. */
import type * as WorkerThreads from 'node:worker_threads'
import type { CreateAnswers } from './answers.cjs'
import type { ConnectToHost } from './connect-to-host.cjs'
import type { EndApplication } from './end-application.cjs'
import type { WorkerData } from './main-thread.cjs'
import type { ProbeFailureClass } from './probe-failure.cjs'
import type { HostMessage, ProbeRequest } from './protocol.cjs'

const workerThreads = require('node:worker_threads') as typeof WorkerThreads
const connectToHost = require('./connect-to-host.cjs') as ConnectToHost
const createAnswers = require('./answers.cjs') as CreateAnswers
const endApplication = require('./end-application.cjs') as EndApplication
const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass

const data = workerThreads.workerData as WorkerData
const answers = createAnswers(data)
let queue: Promise<void> = Promise.resolve()

const { settings } = data
/** What the application started ends with the application, or when it likes. */
const onLost = settings.child === undefined ? endApplication : (): void => undefined
const host = connectToHost(settings.socket, { onMessage: receive, onLost })
host.send({
  type: 'hello',
  token: settings.token,
  pid: process.pid,
  nodeVersion: process.versions.node,
  role: settings.child === undefined ? 'main' : 'child',
  cwd: data.cwd,
  script: data.script,
})

function receive(message: HostMessage): void {
  if ('type' in message) {
    host.close()
    // Should this fail, the Worker ends with the error, and its end releases the application as well.
    void answers.release()
  } else if (message.method === 'usage' || message.method === 'run') {
    void reply(message)
  } else {
    queue = queue.then(() => reply(message))
  }
}

async function reply(request: ProbeRequest): Promise<void> {
  const { id } = request
  try {
    host.send({ type: 'reply', id, result: await answers.to(request) })
  } catch (error) {
    host.send({ type: 'reply', id, error: ProbeFailure.describe(error) })
  }
}
