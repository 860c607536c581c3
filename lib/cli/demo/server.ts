/** An order service, as small as a real one can be: `GET /orders/:id`. It keeps nothing between requests. */
import { createServer } from 'node:http'

const PRODUCTS = ['lamp', 'chair', 'desk', 'shelf', 'rug']

interface Order {
  readonly id: number
  readonly lines: readonly { readonly product: string; readonly quantity: number; readonly cents: number }[]
  readonly totalCents: number
}

function findOrder(id: number): Order {
  const lines = PRODUCTS.slice(0, 1 + (id % PRODUCTS.length)).map((product, index) => ({
    product,
    quantity: 1 + ((id + index) % 3),
    cents: 1900 + 350 * index,
  }))
  return { id, lines, totalCents: lines.reduce((sum, { quantity, cents }) => sum + quantity * cents, 0) }
}

const server = createServer((request, response) => {
  const id = /^\/orders\/(\d+)$/.exec(request.url ?? '')?.[1]
  response.setHeader('content-type', 'application/json')
  response.statusCode = id === undefined ? 404 : 200
  response.end(JSON.stringify(id === undefined ? { error: 'no such order' } : findOrder(Number(id))))
})

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1')
