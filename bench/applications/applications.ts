import { createRequire } from 'node:module'
import { join } from 'node:path'
import { http, type EntryOptions, type Workload, type WorkloadFunction } from 'isolate-leak'
import { nodeBinary } from '../../test/matrix/nodes.js'

/** An application as people have it, with agents. None leaks. */
export interface Application {
  readonly name: string
  /** Folder of its files, beside this one. */
  readonly folder: string
  readonly packages: readonly string[]
  /** Installed where the application is. */
  readonly agents: readonly string[]
  /** Arguments for Node that build it. */
  readonly build?: readonly string[]
  /** @param folder where it is installed */
  readonly entry: (folder: string) => EntryOptions | Promise<EntryOptions>
  readonly workload: (folder: string) => Workload
  /** Redis is there while it is tried, at `REDIS_PORT`. */
  readonly needsRedis?: boolean
}

const DD_TRACE = 'dd-trace@5.132.0'
const OPEN_TELEMETRY = '@opentelemetry/auto-instrumentations-node@0.82.0'
const SENTRY = '@sentry/node@11.12.0'

const order = (): Workload => http({ path: '/orders/42' })
const server = (folder: string): EntryOptions & { readonly file: string } => ({
  file: join(folder, 'server.cjs'),
})

export const APPLICATIONS: readonly Application[] = [
  {
    name: 'Next.js',
    folder: 'next',
    packages: ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1'],
    agents: [DD_TRACE, OPEN_TELEMETRY],
    build: [join('node_modules', 'next', 'dist', 'bin', 'next'), 'build'],
    entry: folder => ({
      ...{ file: join(folder, 'node_modules', 'next', 'dist', 'bin', 'next'), args: ['start'], cwd: folder },
      env: { NEXT_TELEMETRY_DISABLED: '1' },
    }),
    workload: order,
  },
  {
    name: 'NestJS',
    folder: 'nest',
    packages: [
      ...['@nestjs/common@12.5.1', '@nestjs/core@12.5.1', '@nestjs/platform-express@12.5.1'],
      ...['reflect-metadata@0.2.2', 'rxjs@7.8.2'],
    ],
    agents: [DD_TRACE, 'newrelic@13.20.0'],
    entry: folder => ({ file: join(folder, 'server.mjs') }),
    workload: order,
  },
  {
    name: 'Fastify, tsx',
    folder: 'fastify',
    packages: ['fastify@5.12.8', 'tsx@4.23.15'],
    agents: [SENTRY],
    entry: folder => ({ file: join(folder, 'server.mts'), nodeArgs: ['--import', 'tsx'], cwd: folder }),
    workload: order,
  },
  {
    name: 'Fastify, Node 24',
    folder: 'fastify',
    packages: ['fastify@5.12.8'],
    agents: [SENTRY],
    entry: async folder => ({ file: join(folder, 'server.mts'), nodePath: await nodeBinary('24.21.0') }),
    workload: order,
  },
  {
    name: 'node:cluster',
    folder: 'cluster',
    packages: ['express@5.3.0'],
    agents: ['elastic-apm-node@4.18.0'],
    entry: server,
    workload: order,
  },
  // Growth is that of all heaps together: more of them warm up longer and move more.
  ...[2, 4, 8].map((workers): Application => ({
    name: `cluster alone, ${String(workers)} workers`,
    folder: 'cluster',
    packages: ['express@5.3.0'],
    agents: [],
    entry: folder => ({ ...server(folder), env: { WORKERS: String(workers) } }),
    workload: order,
  })),
  {
    name: 'ioredis',
    folder: 'ioredis',
    packages: ['express@5.3.0', 'ioredis@5.9.2'],
    agents: [OPEN_TELEMETRY],
    entry: server,
    workload: order,
    needsRedis: true,
  },
  {
    name: 'gRPC',
    folder: 'grpc',
    packages: ['@grpc/grpc-js@1.14.7'],
    agents: [OPEN_TELEMETRY],
    entry: server,
    workload: folder => createRequire(import.meta.url)(join(folder, 'drive.cjs')) as WorkloadFunction,
  },
]
