'use strict'

// An order service that keeps something for each request: KEEP is `object`, or `promise` for one that never settles.
const express = require(`${process.env.EXPRESS_FOLDER}/node_modules/express`)

const kept = []
const keep = {
  object: () => kept.push({ number: kept.length }),
  promise: () => kept.push(new Promise(() => {})),
}[process.env.KEEP]

const app = express()
app.get('/orders/:id', (req, res) => {
  keep()
  res.json({ id: req.params.id })
})
app.listen(process.env.PORT || 0, '127.0.0.1')
