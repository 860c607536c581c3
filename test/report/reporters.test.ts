import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { BUILT_IN } from '../../lib/cli/reporters/reporter-specs.js'
import { cLibrary } from '../../lib/report/run-environment.js'
import * as reporters from '../../lib/report/reporters.js'
import { oddReport } from './support/made-reports.js'
import { renderElsewhere } from './support/render-elsewhere.js'
import { cleanReport, leakReport } from './support/sample-reports.js'

t.test('what the command line knows is what the package exports', async t => {
  const { githubSummary, ...byName } = reporters
  t.equal(typeof githubSummary, 'function')
  t.strictSame(new Map(Object.entries(byName).sort()), new Map([...BUILT_IN].sort()))
  for (const [name, reporter] of Object.entries(byName)) {
    t.not(reporter(leakReport), reporter(cleanReport), name)
    t.equal(
      reporter(leakReport, { operationsPerSecond: 100 }),
      reporter(leakReport),
      `${name}: the default rate`,
    )
    const elsewhere = Object.entries({ leakReport, cleanReport, oddReport })
    for (const [report, data] of elsewhere)
      t.equal(renderElsewhere(reporter, data), reporter(data), `${name}: ${report} is the same anywhere`)
  }
  const rated = Object.entries(byName).filter(
    ([, reporter]) => reporter(leakReport, { operationsPerSecond: 7 }) !== reporter(leakReport),
  )
  t.strictSame(
    rated.map(([name]) => name),
    ['comment', 'github', 'html', 'junit', 'markdown', 'text'],
    'those that people read say what it comes to in a day',
  )
})

t.test('the C library', async t => {
  const scripts: Readonly<Record<string, readonly [script: string, name: string | undefined]>> = {
    debian: ["    echo 'ldd (Debian GLIBC 2.36-9+deb12u14) 2.36'\n", 'glibc 2.36'],
    fedora: ["    echo 'ldd (GNU libc) 2.39'\n", 'glibc 2.39'],
    alpine: ['#!/bin/sh\nexec /lib/ld-musl-x86_64.so.1 --list -- "$@"\n', 'musl'],
    other: ['#!/bin/sh\n', undefined],
  }
  const dir = t.testdir()
  for (const [name, [script, expected]] of Object.entries(scripts)) {
    writeFileSync(join(dir, name), script)
    t.equal(cLibrary(join(dir, name)), expected, name)
  }
  t.equal(cLibrary(join(dir, 'absent')), undefined)
})
