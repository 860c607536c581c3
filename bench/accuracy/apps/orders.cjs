'use strict'

// A small order service.
const express = require(`${process.env.EXPRESS_FOLDER}/node_modules/express`)

const app = express()
app.get('/orders/:id', (req, res) => res.json({ id: req.params.id, lines: [1, 2, 3] }))
app.listen(process.env.PORT || 0, '127.0.0.1')
