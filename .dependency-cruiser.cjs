/**
 * The rooms of lib and the arrows between them: each may import from those below it, and nothing may be imported in a
 * circle, types included. `npx depcruise lib --config .dependency-cruiser.cjs --output-type dot` draws them.
 */
const ROOMS = [
  'index.ts',
  'cli',
  'compare',
  'isolate-leak.ts',
  'nightly',
  'run',
  'evidence',
  'trial',
  'report',
  'decide',
  'agents',
  'collector',
  'heap',
  'options',
  'system',
  'errors.ts',
  'types',
]

const within = room => `^lib/${room.replace('.', '\\.')}${room.includes('.') ? '$' : '/'}`

/** Rooms that could see each other by their place and have no reason to. */
const STRANGERS = [
  ['trial', 'report'],
  ['collector', 'heap'],
  ['agents', 'collector|heap'],
  ['decide', 'agents|collector|heap|system'],
  ['report', 'collector'],
]

module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    ...ROOMS.slice(1).map((room, index) => ({
      name: `${room}-imports-from-above`,
      severity: 'error',
      from: { path: within(room) },
      to: { path: ROOMS.slice(0, index + 1).map(within) },
    })),
    ...STRANGERS.map(([from, to]) => ({
      name: `${from}-knows-nothing-of-${to.replaceAll('|', '-')}`,
      severity: 'error',
      from: { path: within(from) },
      to: { path: `^lib/(?:${to})/` },
    })),
    {
      name: 'probe-is-loaded-by-path',
      comment: 'It runs inside the application; only what it says is known outside.',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/probe/' },
      to: { path: '^lib/probe/', pathNot: '^lib/probe/protocol\\.cts$' },
    },
    {
      name: 'probe-brings-itself-alone',
      severity: 'error',
      from: { path: '^lib/probe/' },
      to: { path: '^lib/', pathNot: '^lib/(?:probe|types)/' },
    },
    {
      name: 'decide-and-options-are-pure',
      comment: 'A decision depends on the trials alone.',
      severity: 'error',
      from: { path: '^lib/decide/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'not-found', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
