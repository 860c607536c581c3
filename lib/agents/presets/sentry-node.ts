import type { Instrumentation, Preset } from '../../types/preset.js'
import { allMatches, dependencyRoot, sourceTexts } from './source-text.js'

const name = '@sentry/node'

export const sentryNode: Preset = {
  package: name,
  title: 'Sentry',
  attach: [
    // From 11 on it warns of --require.
    { versions: '>=11.0.0', by: 'start', specifier: 'sentry.mjs' },
    { versions: '>=5.0.0', by: 'start', specifier: 'sentry.cjs' },
  ],
  env: () => ({
    ISOLATE_LEAK_START_SENTRY: '{agent}',
    SENTRY_DSN: 'http://key@{collector.host}:{collector.port}/1',
    SENTRY_TRACES_SAMPLE_RATE: '1',
  }),
  // Every transaction is sent when it ends.
  flush: () => null,
  switches: {
    list,
    off: names => ({ ISOLATE_LEAK_SENTRY_WITHOUT: names.join(',') }),
    code: names =>
      `Sentry.init({ integrations: all => all.filter(({ name }) => !${JSON.stringify(names)}.includes(name)) })`,
  },
  proof: { protocol: 'sentry', entries: true, withinMs: 1_500 },
  recognise: { env: ['SENTRY_'], paths: [`/node_modules/${name}/`] },
}

/** Integrations whose packages are not their names in lower case; those of none act whatever is loaded. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  Amqplib: ['amqplib'],
  Anthropic_AI: ['@anthropic-ai/sdk'],
  Aws: ['@smithy/smithy-client', '@aws-sdk/smithy-client', '@smithy/core'],
  Express: ['express'],
  Fastify: ['fastify'],
  Firebase: ['firebase', '@firebase/firestore'],
  GenericPool: ['generic-pool'],
  Google_GenAI: ['@google/genai'],
  Hapi: ['@hapi/hapi'],
  Http: ['http', 'https'],
  Kafka: ['kafkajs'],
  LruMemoizer: ['lru-memoizer'],
  McpServer: ['@modelcontextprotocol/sdk'],
  Mongo: ['mongodb'],
  Neon: ['@neondatabase/serverless'],
  Nest: ['@nestjs/core'],
  Postgres: ['pg'],
  PostgresJs: ['postgres'],
  Prisma: ['@prisma/client'],
  Redis: ['redis', '@redis/client', '@node-redis/client', 'ioredis'],
  VercelAI: ['ai'],
}
/** Have a package of their own name. */
const OWN_NAME =
  /^(?:Connect|Dataloader|Graphql|Groq|Hono|Knex|Koa|Mongoose|Mysql2?|OpenAI|Tedious|LangChain|LangGraph)$/

function list(root: string): readonly Instrumentation[] {
  const utils = dependencyRoot(root, '@sentry/server-utils')
  const texts = [
    ...sourceTexts(root, 'build', 'cjs', 'integrations'),
    ...(utils === undefined ? [] : sourceTexts(utils, 'build', 'cjs', 'integrations')),
  ]
  const names = allMatches(texts.join('\n'), /\bINTEGRATION_NAME = ["']([^"']+)["']/g)
  return names.map(one => ({
    name: one,
    packages: PACKAGES[one] ?? (OWN_NAME.test(one) ? [one.toLowerCase()] : []),
  }))
}
