import test from 'node:test'
import { isolateLeak } from 'isolate-leak'
import config from './leak.config.mjs'

test('what production preloads does not leak', { timeout: 600_000 }, async t => {
  const report = await isolateLeak({ ...config, signal: t.signal })
  report.assertClean()
})
