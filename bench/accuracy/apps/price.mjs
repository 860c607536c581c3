/** Prices an order: text is parsed and written, the last 300 results are kept. */
const latest = new Map()

export default async index => {
  const order = JSON.parse(`{"id":${String(index)},"lines":[{"sku":"a${String(index % 97)}","count":2}]}`)
  const text = JSON.stringify({ ...order, total: order.lines.length * 3 })
  latest.set(index, text)
  if (latest.size > 300) latest.delete(latest.keys().next().value)
  await null
}
