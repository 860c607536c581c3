import { orders, orderService, preload, seenByHand, wired } from './parts.js'
import type { AccuracyCase, BackendSetting, Changed } from './types.js'

const winston = async (name: string, env: Readonly<Record<string, string>>) =>
  wired(name, 'winston.cjs', 'WINSTON_FOLDER', ['winston@3.19.0'], env)

const prometheus = async (name: string, label: string) =>
  wired(name, 'prom-client.cjs', 'PROM_FOLDER', ['prom-client@15.1.3'], { PROM_LABEL: label })

const fewerSockets: Changed = {
  options: { effort: 'quick' },
  because:
    'each request leaves a socket open: 20,480 in the application and in the collector pass the usual limit',
}

const toCollector = (behaves: 'up' | 'refused' | 'hanging', about: string): AccuracyCase => ({
  id: `winston-http/${behaves}`,
  group: behaves === 'hanging' ? 'leak' : 'fixed',
  about,
  workload: orders,
  backends: {
    collector: {
      behaves,
      ...(behaves === 'refused' ? {} : ({ reports: 'other' } satisfies Partial<BackendSetting>)),
    },
  },
  expected: behaves === 'hanging' ? ['winston http'] : [],
  ...(behaves === 'hanging' ? { truth: seenByHand('winston http', 5_202), changed: fewerSockets } : {}),
  subject: async ({ collector }) =>
    orderService(await winston('winston http', { WINSTON_PORT: collector!.port.toString() })),
})

/** Packages of the application itself, attached by a preload that wires them in, and an application that leaks alone. */
export const inApplicationCases: readonly AccuracyCase[] = [
  toCollector('hanging', 'winston 3.19.0, http transport: requests without a time-out wait for ever'),
  toCollector('up', 'winston 3.19.0, http transport, collector answers'),
  toCollector('refused', 'winston 3.19.0, http transport, nobody listens'),
  {
    id: 'winston-shared-transport/create',
    group: 'leak',
    about: 'winston #1445: a logger for each request on one transport adds listeners to it',
    workload: orders,
    expected: ['winston create'],
    truth: seenByHand('winston create', 7_566),
    subject: async () => orderService(await winston('winston create', { WINSTON_LOGGER: 'create' })),
  },
  {
    id: 'winston-shared-transport/child',
    group: 'fixed',
    about: 'winston 3.19.0, a child logger for each request',
    workload: orders,
    expected: [],
    subject: async () => orderService(await winston('winston child', { WINSTON_LOGGER: 'child' })),
  },
  {
    id: 'prom-url-labels/url',
    group: 'leak',
    about: 'prom-client 15.1.3: a series for each URL',
    workload: orders,
    expected: ['prom-client url'],
    subject: async () => orderService(await prometheus('prom-client url', 'url')),
  },
  {
    id: 'prom-url-labels/route',
    group: 'fixed',
    about: 'prom-client 15.1.3: a series for each route',
    workload: orders,
    expected: [],
    subject: async () => orderService(await prometheus('prom-client route', 'route')),
  },
  {
    id: 'application-only',
    group: 'leak',
    about: 'the application keeps a small object for each request, the agent nothing',
    workload: orders,
    expected: ['application'],
    truth: {
      ...{ component: 'application', metric: 'heap', unit: 'bytes/operation', source: 'built in' },
      // an object with a number, 24 to 28 bytes, and its place in an array that grows by half, 8 to 12
      ...{ perOperation: 38, low: 30, high: 48 },
    },
    subject: async () =>
      orderService(
        { name: 'harmless', require: preload('harmless.cjs') },
        { KEEP: 'object' },
        'orders-keeping.cjs',
      ),
  },
]
