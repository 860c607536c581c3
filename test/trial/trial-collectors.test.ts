import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { idle } from 'isolate-leak'
import t from 'tap'
import { launchSpecFor } from '../../lib/trial/launch-spec.js'
import { makeCertificate } from '../../lib/collector/certificate.js'
import { openTrialCollectors, certificateFiles } from '../../lib/trial/trial-collectors.js'
import type { LaunchSpec } from '../../lib/trial/types.js'
import { resolvedAgent, resolvedOptions } from '../report/support/resolved-options.js'
import { runTrials } from '../support/run-trials.js'

const trusting = { LOG: '{collector.https}', NODE_EXTRA_CA_CERTS: '{collector.ca}' }

t.test('an agent whose collector is to be trusted takes no authority from the application', async t => {
  const [company, other] = await Promise.all([makeCertificate(), makeCertificate()])
  const folder = t.testdir({ 'company.pem': company.cert, 'other.pem': other.cert, files: {} })
  const made = certificateFiles(join(folder, 'files'))
  const reporting = resolvedAgent('reporting', { env: trusting })
  const filled = async (launch: LaunchSpec): Promise<string> => {
    const open = await openTrialCollectors(launch, 'up', async () => made)
    t.teardown(async () => open.close())
    return open.launch.env['NODE_EXTRA_CA_CERTS'] ?? ''
  }
  const { entry } = resolvedOptions({ entry: { cwd: folder } })
  const named = (file: string): Record<string, string> => ({ NODE_EXTRA_CA_CERTS: file })

  const inherited = await filled(launchSpecFor(entry, [reporting], named(join(folder, 'company.pem'))))
  const ours = (await made).certificate.cert
  t.same(await readFile(inherited, 'utf8'), ours + company.cert)

  const alone = await filled(launchSpecFor(entry, [reporting], {}))
  t.equal(await readFile(alone, 'utf8'), ours)
  t.equal(await filled(launchSpecFor(entry, [reporting], {})), alone, 'one file is enough')

  const set = { ...entry, env: named('other.pem') }
  const own = await filled(launchSpecFor(set, [reporting], named(join(folder, 'company.pem'))))
  t.equal(await readFile(own, 'utf8'), ours + other.cert, "the entry's, from its working folder")
  const unset = { ...entry, env: { NODE_EXTRA_CA_CERTS: undefined } }
  const none = await filled(launchSpecFor(unset, [reporting], named(join(folder, 'company.pem'))))
  t.equal(await readFile(none, 'utf8'), ours, 'the entry wants none')

  for (const unreadable of ['absent.pem', '.', '']) {
    const file = await filled(launchSpecFor(entry, [reporting], named(unreadable)))
    t.equal(await readFile(file, 'utf8'), ours, `Node would only warn of '${unreadable}'`)
  }

  const without = launchSpecFor(entry, [], named('company.pem'))
  t.equal(await filled(without), 'company.pem', 'without the agent it is as it was')
  const declining = resolvedAgent('declining', {
    env: { LOG: '{collector}', NODE_EXTRA_CA_CERTS: undefined },
  })
  t.equal(
    await filled(launchSpecFor(entry, [declining], named('company.pem'))),
    '',
    'an agent may do without',
  )
})

t.test("in a trial, the application has the caller's authorities beside the collector's", async t => {
  const company = await makeCertificate()
  const folder = t.testdir({
    'company.pem': company.cert,
    'agent.cjs': '',
    'counts.cjs': `
      const text = require('node:fs').readFileSync(process.env.NODE_EXTRA_CA_CERTS, 'utf8')
      console.log('certificates:', text.split('-----BEGIN CERTIFICATE-----').length - 1)
      process.exit(3)`,
  })
  process.env['NODE_EXTRA_CA_CERTS'] = join(folder, 'company.pem')
  t.teardown(() => delete process.env['NODE_EXTRA_CA_CERTS'])
  const running = runTrials({
    entry: join(folder, 'counts.cjs'),
    agents: [{ name: 'reporting', require: join(folder, 'agent.cjs'), env: trusting }],
    workload: idle(),
    operations: 8,
    concurrency: 1,
  })
  await t.rejects(running, /certificates: 2$/)
})
