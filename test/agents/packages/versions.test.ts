import semver from 'semver'
import t from 'tap'
import {
  isRange,
  satisfiesVersion,
  compareVersions,
  isPrerelease,
} from '../../../lib/agents/packages/satisfies-version.js'
import fc from '../../support/seeded-fast-check.js'

const sign = (number: number): number => (number === 0 ? 0 : Math.sign(number))

t.test('a list in the order of its releases', async t => {
  const ascending = [
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0',
    '1.221.131',
    '1.221.131-9.9.9',
    '1.221.132-beta.1',
    '1.221.132',
    '1.221.132-1.0.0',
    '1.221.132-1.0.1',
    '1.221.132-1.10.0',
    '1.269.180',
    '1.269.180.20230713-012345',
    '1.269.180.20230713-123456',
    '1.269.180.20230714-000001',
    '1.269.181-0',
    '1.269.181',
    '1.270',
    '2',
    '2.0.0.4-beta.1',
    '2.0.0.4',
  ]
  for (const [index, older] of ascending.entries()) {
    t.equal(compareVersions(older, older), 0)
    for (const newer of ascending.slice(index + 1)) {
      t.ok(compareVersions(older, newer) < 0, `${older} before ${newer}`)
      t.ok(compareVersions(newer, older) > 0)
    }
  }
  t.equal(compareVersions('v1.2.3+build', ' 1.2.3'), 0)
  t.throws(() => compareVersions('latest', '1.0.0'), { code: 'ERR_PACKAGE_VERSION' })
})

t.test('a revision of a vendor is a release', async t => {
  t.notOk(isPrerelease('1.221.132-1.0.0'))
  t.notOk(isPrerelease('1.269.180.20230713-123456'))
  for (const version of ['1.0.0-0', '1.0.0-20230713.1', '1.0.0-rc.1', '1.0.0.4-rc'])
    t.ok(isPrerelease(version))
})

t.test('vendor versions in ranges', async t => {
  const inside: [string, string][] = [
    ['1.221.132-1.0.0', '*'],
    ['1.221.132-1.0.0', '1.x'],
    ['1.221.132-1.0.0', '~1.221.132'],
    ['1.221.132-1.0.0', '>=1.221.132'],
    ['1.222.5-1.0.0', '^1.221.132-1.0.0'],
    ['1.221.132-1.0.1', '>1.221.132-1.0.0 <1.222'],
    ['1.221.132-1.0.0', '1.221.132-1.0.0'],
    ['1.269.180.20230713-123456', '>=1.269.180.20230713-000000 <1.269.181'],
    ['1.269.180.20230713-123456', '1.0.0 - 1.269.180.20230713-123456'],
    ['1.270.0', '^1.269.180.20230713-123456'],
    ['1.2.3', '<2.0.0-1.0.0 || 5'],
  ]
  const outside: [string, string][] = [
    ['1.222.0-1.0.0', '<1.222.0'],
    ['1.222.0-1.0.0', '~1.221.0'],
    ['1.221.132-1.0.1', '1.221.132-1.0.0'],
    ['1.221.132', '>=1.221.132-1.0.0'],
    ['2.0.0-1.0.0', '^1.221.132-1.0.0'],
    ['1.269.180.20230713-123456', '>1.269.180.20230713-123456'],
    ['1.270.0-beta.1', '>=1.221.132-1.0.0'],
    ['1.0.0', 'latest'],
    ['latest', '*'],
  ]
  for (const [version, range] of inside) t.ok(satisfiesVersion(version, range), `${version} in ${range}`)
  for (const [version, range] of outside)
    t.notOk(satisfiesVersion(version, range), `${version} not in ${range}`)
  t.ok(satisfiesVersion('1.270.0-beta.1', '>=1.221.132-1.0.0', { includePrerelease: true }))
  t.ok(satisfiesVersion('1.221.132-beta.1', '>=1.221.132-alpha.1 || 1.221.132-1.0.0'))
  t.ok(isRange('1.269.180.20230713-123456'))
  t.notOk(isRange('latest'))
})

const small = fc.nat({ max: 3 })
const identifier = fc.oneof(small.map(String), fc.constantFrom('alpha', 'beta', 'rc', '1a', 'x-y'))
const main = fc.tuple(small, small, small).map(parts => parts.join('.'))
const revision = fc.tuple(small, small, small).map(parts => `-${parts.join('.')}`)
const isRevision = (text: string): boolean => /^-\d+\.\d+\.\d+$/.test(text)
const prerelease = fc
  .array(identifier, { minLength: 1, maxLength: 4 })
  .map(parts => `-${parts.join('.')}`)
  .filter(text => !isRevision(text))
const ofSemver = fc
  .tuple(main, fc.option(prerelease, { nil: '' }), fc.constantFrom('', '+build.7'))
  .map(parts => parts.join(''))
const ofVendors = fc.oneof(
  fc.tuple(main, revision).map(parts => parts.join('')),
  fc.tuple(main, small, small).map(([version, build, stamp]) => `${version}.${build}-${stamp}`),
  fc.tuple(main, small, prerelease).map(([version, build, pre]) => `${version}.${build}${pre}`),
)
const any = fc.oneof(ofSemver, ofVendors)

t.test('properties of the order', async t => {
  fc.assert(fc.property(ofSemver, ofSemver, (a, b) => sign(compareVersions(a, b)) === semver.compare(a, b)))
  fc.assert(fc.property(any, any, (a, b) => sign(compareVersions(a, b)) === sign(-compareVersions(b, a))))
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      const [first, second, third] = [a, b, c].sort(compareVersions) as [string, string, string]
      return (
        compareVersions(first, second) <= 0 &&
        compareVersions(second, third) <= 0 &&
        compareVersions(first, third) <= 0
      )
    }),
  )
  t.pass('agrees with semver, antisymmetric, transitive')
})

t.test('properties of ranges', async t => {
  const range = fc.oneof(
    fc.tuple(fc.constantFrom('', '^', '~', '>', '>=', '<', '<='), ofSemver).map(parts => parts.join('')),
    fc.tuple(ofSemver, ofSemver).map(([a, b]) => `>=${a} <${b}`),
  )
  fc.assert(
    fc.property(ofSemver, range, fc.boolean(), (version, wanted, includePrerelease) => {
      const options = { includePrerelease }
      return satisfiesVersion(version, wanted, options) === semver.satisfies(version, wanted, options)
    }),
  )
  fc.assert(
    fc.property(any, ofVendors, (version, bound) => {
      const order = compareVersions(version, bound)
      const options = { includePrerelease: true }
      return (
        satisfiesVersion(version, `>=${bound}`, options) === order >= 0 &&
        satisfiesVersion(version, `<${bound}`, options) === order < 0
      )
    }),
  )
  t.pass('as semver has them for its own versions, by order for those of vendors')
})
