const express = require('express')
const { Redis } = require('ioredis')

const redis = new Redis({ host: '127.0.0.1', port: Number(process.env.REDIS_PORT) })
const app = express()
app.get('/orders/:id', async ({ params: { id } }, response) => {
  await redis.set(`order:${id}`, JSON.stringify({ id, seenAt: Date.now() }))
  response.type('json').send(await redis.get(`order:${id}`))
})
redis.once('ready', () => app.listen(process.env.PORT, '127.0.0.1'))
