/** Versions of one application's packages, which every package manager pins in its own way. */
export interface Pins {
  readonly newrelic: string
  /** Of `@opentelemetry/instrumentation-http`, which only auto-instrumentations brings along. */
  readonly http: string
  /** Of a package that both an agent and the application use. */
  readonly semver: string
}

export const AUTO = '@opentelemetry/auto-instrumentations-node'
export const HTTP = '@opentelemetry/instrumentation-http'

const manifest = {
  name: 'shop',
  dependencies: {
    express: '^4.18.0',
    newrelic: '^7.4.0',
    [AUTO]: '^0.40.0',
    '@opentelemetry/api': '^1.7.0',
  },
  devDependencies: { lighthouse: '^11.0.0' },
}
export const packageJson = JSON.stringify(manifest)

/** Name, version, what it needs. */
const packages = (pins: Pins): readonly (readonly [string, string, Readonly<Record<string, string>>])[] => [
  ['express', '4.18.2', { semver: '^7.0.0' }],
  ['newrelic', pins.newrelic, { semver: '^7.0.0' }],
  [AUTO, '0.40.0', { [HTTP]: '^0.45.0', 'import-in-the-middle': '^1.4.0' }],
  [HTTP, pins.http, { semver: '^7.0.0' }],
  ['import-in-the-middle', '1.4.2', {}],
  ['@opentelemetry/api', '1.7.0', {}],
  ['semver', pins.semver, {}],
  // A known agent that is there for development alone.
  ['lighthouse', '11.0.0', { '@sentry/node': '^6.17.4' }],
  ['@sentry/node', '6.19.7', {}],
]

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const npm = (version: 2 | 3) => (pins: Pins) =>
  json({
    ...{ name: 'shop', lockfileVersion: version, requires: true },
    packages: {
      '': manifest,
      ...Object.fromEntries(
        packages(pins).map(([name, at, dependencies]) => [
          `node_modules/${name}`,
          {
            ...{ version: at, dependencies, integrity: 'sha512-x' },
            resolved: `https://registry.npmjs.org/${name}/-/${at}.tgz`,
            ...(name === AUTO ? { peerDependencies: { '@opentelemetry/api': '^1.4.1' } } : {}),
          },
        ]),
      ),
    },
  })

const npmOne = (pins: Pins): string =>
  json({
    ...{ name: 'shop', lockfileVersion: 1, requires: true },
    dependencies: Object.fromEntries(
      packages(pins).map(([name, version, requires]) => [name, { version, requires }]),
    ),
  })

const quoted = (name: string): string => (name.startsWith('@') ? `'${name}'` : name)
const versionsOf = (pins: Pins): Map<string, string> =>
  new Map(packages(pins).map(([name, version]) => [name, version]))

const pnpm = (version: 6 | 9) => (pins: Pins) => {
  const versions = versionsOf(pins)
  const direct = (names: object): string[] =>
    Object.entries(names).flatMap(([name, range]) => [
      `      ${quoted(name)}:`,
      `        specifier: ${String(range)}`,
      `        version: ${versions.get(name) ?? ''}${name === AUTO ? '(@opentelemetry/api@1.7.0)' : ''}`,
    ])
  const needs = (dependencies: object, name: string): string[] => {
    const lines = Object.keys(dependencies).map(one => `      ${quoted(one)}: ${versions.get(one) ?? ''}`)
    const peers = name === AUTO ? [`      '@opentelemetry/api': 1.7.0`] : []
    return lines.length + peers.length === 0 ? [] : ['    dependencies:', ...lines, ...peers]
  }
  const keys = packages(pins).map(([name, at, dependencies]) => ({
    ...{ name, dependencies },
    key: `${version === 6 ? '/' : ''}${name}@${at}`,
    peers: name === AUTO ? '(@opentelemetry/api@1.7.0)' : '',
  }))
  const lines =
    version === 6
      ? [
          'packages:',
          ...keys.flatMap(({ key, peers, name, dependencies }) => [
            ...['', `  ${quoted(`${key}${peers}`)}:`, '    resolution: {integrity: sha512-x}'],
            ...needs(dependencies, name),
            '    dev: false',
          ]),
        ]
      : [
          'packages:',
          ...keys.flatMap(({ key }) => ['', `  ${quoted(key)}:`, '    resolution: {integrity: sha512-x}']),
          ...['', 'snapshots:'],
          ...keys.flatMap(({ key, peers, name, dependencies }) => {
            const below = needs(dependencies, name)
            return ['', `  ${quoted(`${key}${peers}`)}:${below.length === 0 ? ' {}' : ''}`, ...below]
          }),
        ]
  const own =
    version === 9
      ? ['---', "lockfileVersion: '9.0'", 'importers:', '  .:', '    configDependencies: {}', '---']
      : []
  return [
    ...own,
    `lockfileVersion: '${String(version)}.0'`,
    ...['', 'settings:', '  autoInstallPeers: true', '', 'importers:', '', '  .:'],
    ...['    dependencies:', ...direct(manifest.dependencies)],
    ...['    devDependencies:', ...direct(manifest.devDependencies), '', ...lines, ''],
  ].join('\n')
}

const rangesOf = (name: string, pins: Pins): string[] => {
  const asked = [
    manifest.dependencies,
    manifest.devDependencies,
    ...packages(pins).map(([, , needs]) => needs),
  ]
  return [
    ...new Set(
      asked.flatMap(needs => Object.entries(needs).flatMap(([one, range]) => (one === name ? [range] : []))),
    ),
  ]
}

const classic = (pins: Pins): string =>
  [
    ...['# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.', '# yarn lockfile v1', '', ''],
    ...packages(pins).flatMap(([name, version, dependencies]) => {
      const word = (text: string): string => (/[@:]/.test(text.slice(0, 1)) ? `"${text}"` : text)
      const below = Object.entries(dependencies).map(([one, range]) => `    ${word(one)} "${range}"`)
      return [
        `${rangesOf(name, pins)
          .map(range => word(`${name}@${range}`))
          .join(', ')}:`,
        `  version "${version}"`,
        `  resolved "https://registry.yarnpkg.com/${name}/-/${version}.tgz#abc"`,
        '  integrity sha512-x==',
        ...(below.length === 0 ? [] : ['  dependencies:', ...below]),
        '',
      ]
    }),
  ].join('\n')

const berry = (pins: Pins): string => {
  const below = (title: string, names: object): string[] =>
    Object.keys(names).length === 0
      ? []
      : [
          `  ${title}:`,
          ...Object.entries(names).map(([one, range]) => `    "${one}": "npm:${String(range)}"`),
        ]
  return [
    ...['# This file is generated by running "yarn install".', '', '__metadata:', '  version: 8', ''],
    ...packages(pins).flatMap(([name, version, dependencies]) => [
      `"${rangesOf(name, pins)
        .map(range => `${name}@npm:${range}`)
        .join(', ')}":`,
      `  version: ${version}`,
      `  resolution: "${name}@npm:${version}"`,
      ...below('dependencies', dependencies),
      ...(name === AUTO ? ['  peerDependencies:', '    "@opentelemetry/api": ^1.4.1'] : []),
      ...['  checksum: 10c0/abc', '  languageName: node', '  linkType: hard', ''],
    ]),
    ...['"shop@workspace:.":', '  version: 0.0.0-use.local', '  resolution: "shop@workspace:."'],
    ...below('dependencies', { ...manifest.dependencies, ...manifest.devDependencies }),
    ...['  languageName: unknown', '  linkType: soft', ''],
  ].join('\n')
}

/** A lockfile of the application in every format, by what it is called and its file's name. */
export const FORMATS: readonly {
  readonly format: string
  readonly file: string
  readonly text: (pins: Pins) => string
}[] = [
  { format: 'npm 3', file: 'package-lock.json', text: npm(3) },
  { format: 'npm 2', file: 'npm-shrinkwrap.json', text: npm(2) },
  { format: 'npm 1', file: 'package-lock.json', text: npmOne },
  { format: 'pnpm 6.0', file: 'pnpm-lock.yaml', text: pnpm(6) },
  { format: 'pnpm 9.0', file: 'pnpm-lock.yaml', text: pnpm(9) },
  { format: 'yarn classic', file: 'yarn.lock', text: classic },
  { format: 'yarn berry', file: 'yarn.lock', text: berry },
]
