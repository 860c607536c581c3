'use strict'
// Fills a heap with what services hold - records of classes, closures, maps, lists, buffers, text - and writes a snapshot.
const { writeHeapSnapshot } = require('node:v8')
const [file, entries] = process.argv.slice(2)

class Customer {
  constructor(index) {
    this.id = index
    this.name = `customer ${index % 5000}`
    this.tags = ['new', index % 7 === 0 ? 'vip' : 'usual']
    this.balance = index * 1.5
    this.address = { street: `street ${index % 300}`, zip: index % 90000, city: null }
  }
}

class Order {
  constructor(index, customer) {
    this.customer = customer
    this.lines = Array.from({ length: 1 + (index % 4) }, (_, line) => ({
      sku: line,
      count: index % 9,
      parent: this,
    }))
    this.total = () => this.lines.length * index
    this.history = new Map([['created', index]])
  }
}

const store = {
  customers: new Map(),
  orders: [],
  byName: Object.create(null),
  listeners: new Set(),
  buffers: [],
}
for (let index = 0; index < Number(entries); index++) {
  const customer = new Customer(index)
  store.customers.set(`key-${index}`, customer)
  store.orders.push(new Order(index, customer))
  if (index % 3 === 0) store.byName[`name ${index}`] = customer
  if (index % 5 === 0) store.listeners.add(() => customer.balance)
  if (index % 20 === 0) store.buffers.push(Buffer.alloc(8))
}
globalThis.store = store
writeHeapSnapshot(file)
