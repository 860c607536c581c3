// Else it is rendered once for every id and answered from a cache.
export const dynamic = 'force-dynamic'

export default async function Order({ params }) {
  const { id } = await params
  const items = Array.from({ length: 10 }, (_, index) => ({ sku: `${id}-${index}`, price: 9.9 * index }))
  return (
    <main>
      <h1>Order {id}</h1>
      <ul>
        {items.map(({ sku, price }) => (
          <li key={sku}>
            {sku}: {price.toFixed(2)}
          </li>
        ))}
      </ul>
    </main>
  )
}
