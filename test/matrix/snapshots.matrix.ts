import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { readColumns } from '../../lib/heap/parse/read-columns.js'
import { brokenInvariant } from '../support/broken-invariant.js'
import { columnsOf } from '../support/columns-of.js'
import { firstDifference } from '../support/same-columns.js'
import { nodeBinary, oldestNode, otherNodes } from './nodes.js'

/** All of them with `ISOLATE_LEAK_MATRIX=full`, else the newest. */
const versions = process.env.ISOLATE_LEAK_MATRIX === 'full' ? [oldestNode, ...otherNodes] : [otherNodes[2]]

const SCRIPT = `
  globalThis.held = new Map(Array.from({ length: 500 }, (_, index) => ['é☃' + index, { call: () => index }]))
  require('node:v8').writeHeapSnapshot(process.argv[1])
`

t.test('heap snapshots of other Nodes are read as JSON.parse does', async t => {
  const folder = t.testdir({})
  for (const version of versions) {
    const file = join(folder, `${version}.heapsnapshot`)
    // Without the environment of the test runner, which Node 16 does not start with.
    const args = ['-i', await nodeBinary(version), '--eval', SCRIPT, file]
    const { status, stderr } = spawnSync('/usr/bin/env', args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`Node ${version} wrote no snapshot: ${stderr}`)
    const columns = await readColumns(file)
    t.equal(firstDifference(columns, columnsOf(file)), null, version)
    t.equal(brokenInvariant(columns), null, version)
    t.not(columns.strings.indexOf('é☃499'), -1, version)
  }
})
