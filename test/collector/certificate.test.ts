import { execFile } from 'node:child_process'
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { makeCertificate, identifier, octets, time } from '../../lib/collector/certificate.js'
import { openCollector } from '../../lib/collector/collector.js'
import { askOverHttps } from '../support/ask-over-https.js'
import { projectPath } from '../support/project-path.js'

t.test('a certificate for this machine alone, valid now', async t => {
  const { key, cert } = await makeCertificate()
  const certificate = new X509Certificate(cert)
  t.ok(certificate.checkPrivateKey(createPrivateKey(key)))
  t.ok(certificate.verify(certificate.publicKey), 'signed by itself')
  t.equal(certificate.ca, true)
  t.equal(certificate.checkHost('localhost'), 'localhost')
  t.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1')
  t.equal(certificate.checkIP('::1'), '::1')
  t.equal(certificate.checkHost('example.com'), undefined)
  t.ok(Date.parse(certificate.validFrom) < Date.now() - 23 * 3_600_000)
  t.ok(Date.parse(certificate.validTo) > Date.now() + 29 * 24 * 3_600_000)
  const other = new X509Certificate((await makeCertificate()).cert)
  t.not(other.serialNumber, certificate.serialNumber)
  t.not(other.fingerprint256, certificate.fingerprint256)
})

t.test('forms of DER that depend on size', async t => {
  t.equal(identifier('1.2.840.10045.4.3.2').toString('hex'), '06082a8648ce3d040302')
  t.equal(octets(Buffer.alloc(127)).subarray(0, 2).toString('hex'), '047f')
  t.equal(octets(Buffer.alloc(128)).subarray(0, 3).toString('hex'), '048180')
  t.equal(octets(Buffer.alloc(0x1234)).subarray(0, 4).toString('hex'), '04821234')
  t.equal(time(new Date('2049-12-31T23:59:59Z')).toString('latin1', 2), '491231235959Z')
  t.equal(time(new Date('2050-01-01T00:00:00Z')).toString('latin1', 2), '20500101000000Z')
})

t.test('accepted through NODE_EXTRA_CA_CERTS, and by nobody else', async t => {
  const certificate = await makeCertificate()
  const collector = await openCollector({ backend: 'up', certificate })
  t.teardown(() => collector.close())
  const ca = `${t.testdir({ 'ca.pem': certificate.cert })}/ca.pem`
  for (const host of ['localhost', '127.0.0.1']) {
    t.equal(await askOverHttps(process.execPath, host, collector.port, ca), '200')
  }
  t.match(await askOverHttps(process.execPath, 'localhost', collector.port), /SELF_SIGNED_CERT/)
})

t.test('a process that has closed its collectors ends by itself', async t => {
  const folder = t.testdir({
    'main.mjs': `
      import { request } from 'node:https'
      import { connect } from 'node:http2'
      const [certificate, collector] = process.argv.slice(2)
      const { makeCertificate } = await import(certificate)
      const { openCollector } = await import(collector)
      const { key, cert } = await makeCertificate()
      const opened = await openCollector({ backend: 'slow', certificate: { key, cert } })
      for (const url of ['https://localhost:', 'http://localhost:']) {
        const { request } = await import(url.startsWith('https') ? 'node:https' : 'node:http')
        request(url + opened.port, { ca: cert, family: 4 }).on('error', () => {}).end()
      }
      const session = connect('http://127.0.0.1:' + opened.port).on('error', () => {})
      session.request({ ':path': '/v1/traces' }).on('error', () => {}).end()
      while (opened.received().requests < 3) await new Promise(resolve => setTimeout(resolve, 5))
      await opened.close()
      console.log('closed')`,
  })
  const sources = ['certificate', 'collector'].map(
    name => pathToFileURL(projectPath('dist', 'collector', `${name}.js`)).href,
  )
  const { stdout } = await promisify(execFile)(process.execPath, [`${folder}/main.mjs`, ...sources], {
    timeout: 60_000,
  })
  t.equal(stdout, 'closed\n')
})
