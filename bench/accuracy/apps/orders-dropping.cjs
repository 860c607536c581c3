'use strict'

// Each request drops a promise that never settles: nothing of the application's own refers to it.
const express = require(`${process.env.EXPRESS_FOLDER}/node_modules/express`)

const never = async () => {
  await new Promise(() => {})
}

const app = express()
app.get('/orders/:id', (req, res) => {
  never()
  res.json({ id: req.params.id })
})
app.listen(process.env.PORT || 0, '127.0.0.1')
