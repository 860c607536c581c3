const cluster = require('node:cluster')

if (cluster.isPrimary) {
  for (let workers = 0; workers < Number(process.env.WORKERS ?? 2); workers++) cluster.fork()
} else {
  const app = require('express')()
  app.get('/orders/:id', ({ params: { id } }, response) => {
    response.json({ id, items: Array.from({ length: 10 }, (_, index) => `${id}-${index}`) })
  })
  app.listen(process.env.PORT, '127.0.0.1')
}
