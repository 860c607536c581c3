import { createServer } from 'node:http'

const products = ['lamp', 'chair', 'desk', 'shelf', 'rug']

createServer((request, response) => {
  const id = Number(/^\/orders\/(\d+)$/.exec(request.url)?.[1])
  response.statusCode = Number.isNaN(id) ? 404 : 200
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ id, product: products[id % products.length] }))
}).listen(process.env.PORT ?? 3000, '127.0.0.1')
