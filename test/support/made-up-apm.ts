import type { FakePackage } from '../agents/packages/support/registry.js'
import { projectPath } from './project-path.js'

const onRequest = JSON.stringify(projectPath('test', 'fixtures', 'seeded', 'on-request.cjs'))

/** Code of an agent that keeps the last so many requests, 2 kB each: told apart from warming up in few operations. */
export const keepsRequests = (requests: number): string => `const kept = []
require(${onRequest})((request, response, count) => {
  kept.push({ count, path: request.url, timings: new Array(256).fill(count) })
  if (kept.length > ${String(requests)}) kept.shift()
})`

/** Requests that it keeps where it leaks. */
export const ALL = 1e9

/** A version of a made-up agent. */
export const madeUpApm = (
  version: string,
  requests: number,
  rest: Partial<FakePackage> = {},
): FakePackage => ({ name: 'made-up-apm', version, code: keepsRequests(requests), ...rest })

/** Operations and threshold that tell its versions apart. */
export const madeUpScale = { operations: 640, threshold: 512, retentionMs: 200 } as const
