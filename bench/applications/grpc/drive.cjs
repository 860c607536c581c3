const { credentials, makeGenericClientConstructor } = require('@grpc/grpc-js')
const orders = require('./service.cjs')

const Orders = makeGenericClientConstructor(orders, 'Orders')
const CALLS_AT_A_TIME = 10

module.exports = async ({ port, operations, signal }) => {
  const client = new Orders(`127.0.0.1:${port}`, credentials.createInsecure())
  let left = operations
  const callInTurn = async () => {
    while (left-- > 0 && !signal.aborted) {
      await new Promise((resolve, reject) => {
        client.find({ id: '42' }, error => (error ? reject(error) : resolve()))
      })
    }
  }
  try {
    await Promise.all(Array.from({ length: CALLS_AT_A_TIME }, callInTurn))
  } finally {
    client.close()
  }
}
