'use strict'

// Logs each request. WINSTON_LOGGER is `create` for a logger each time on one transport, `child` for a child logger;
// with WINSTON_PORT one logger sends to an http collector there.
const { Writable } = require('node:stream')
const winston = require(`${process.env.WINSTON_FOLDER}/node_modules/winston`)
const onRequest = require('./on-request.cjs')

const { WINSTON_LOGGER, WINSTON_PORT } = process.env
const nowhere = new Writable({ write: (chunk, encoding, done) => done() })
const transport =
  WINSTON_PORT === undefined
    ? new winston.transports.Stream({ stream: nowhere })
    : new winston.transports.Http({ host: '127.0.0.1', port: Number(WINSTON_PORT) })
transport.on('error', () => {})
transport.on('warn', () => {})
const root = winston.createLogger({ transports: [transport] })
root.on('error', () => {})

const loggers = {
  create: url => winston.createLogger({ defaultMeta: { url }, transports: [transport] }),
  child: url => root.child({ url }),
}
const loggerFor = loggers[WINSTON_LOGGER] ?? (() => root)

onRequest(({ url }) => loggerFor(url).info(`request ${url}`))
