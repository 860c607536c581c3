const { Server, ServerCredentials } = require('@grpc/grpc-js')
const orders = require('./service.cjs')

const server = new Server()
server.addService(orders, {
  find({ request: { id } }, answer) {
    answer(null, { id, items: Array.from({ length: 10 }, (_, index) => `${id}-${index}`) })
  },
})
server.bindAsync(`127.0.0.1:${process.env.PORT}`, ServerCredentials.createInsecure(), error => {
  if (error) throw error
})
