'use strict'

// Parses what users send; bad input is thrown and caught.
const express = require(`${process.env.EXPRESS_FOLDER}/node_modules/express`)

const parse = text => {
  const shape = { text, depth: [1, 2, { text }] }
  const [first] = text.split('-')
  if (shape.depth.length > 0) throw new Error(`bad ${first}`)
  return first
}

const app = express()
app.get('/orders/:id', (req, res) => {
  try {
    res.json({ id: parse(req.params.id) })
  } catch ({ message }) {
    res.json({ message })
  }
})
app.listen(process.env.PORT || 0, '127.0.0.1')
