import fastify from 'fastify'

interface OrderRoute {
  readonly Params: { readonly id: number }
}

const order = {
  params: { type: 'object', properties: { id: { type: 'integer' } } },
  response: {
    200: {
      type: 'object',
      properties: { id: { type: 'integer' }, items: { type: 'array', items: { type: 'string' } } },
    },
  },
}

const app = fastify({ logger: { level: 'warn' } })
app.get<OrderRoute>('/orders/:id', { schema: order }, ({ params: { id } }, reply) =>
  reply.send({ id, items: Array.from({ length: 10 }, (_, index) => `${id}-${index}`) }),
)
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
