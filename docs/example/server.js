import { createServer } from 'node:http'

const orders = new Map(Array.from({ length: 1000 }, (_, id) => [String(id), { id, total: id * 3 }]))

createServer((request, response) => {
  const order = orders.get(request.url.replace('/orders/', ''))
  response.writeHead(order === undefined ? 404 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(order ?? { error: 'no such order' }))
}).listen(process.env.PORT ?? 3000)
