const method = name => ({
  path: `/shop.Orders/${name}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: value => Buffer.from(JSON.stringify(value)),
  requestDeserialize: bytes => JSON.parse(bytes.toString()),
  responseSerialize: value => Buffer.from(JSON.stringify(value)),
  responseDeserialize: bytes => JSON.parse(bytes.toString()),
})

module.exports = { find: method('Find') }
