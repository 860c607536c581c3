import 'reflect-metadata'
import { Controller, Get, Inject, Injectable, Module, NotFoundException, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'

class OrderService {
  find(id) {
    if (!/^\d+$/.test(id)) throw new NotFoundException(`No order ${id}`)
    return { id, items: Array.from({ length: 10 }, (_, index) => ({ sku: `${id}-${index}`, price: index })) }
  }
}
class OrderController {
  constructor(orders) {
    this.orders = orders
  }
  find(id) {
    return this.orders.find(id)
  }
}
class AppModule {}

// What a compiler makes of decorators.
Injectable()(OrderService)
Inject(OrderService)(OrderController, undefined, 0)
const { prototype } = OrderController
Param('id')(prototype, 'find', 0)
Get(':id')(prototype, 'find', Object.getOwnPropertyDescriptor(prototype, 'find'))
Controller('orders')(OrderController)
Module({ controllers: [OrderController], providers: [OrderService] })(AppModule)

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] })
await app.listen(process.env.PORT, '127.0.0.1')
