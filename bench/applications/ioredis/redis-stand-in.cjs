const { createServer } = require('node:net')

const values = new Map()
const bulk = text => (text === undefined ? '$-1\r\n' : `$${text.length}\r\n${text}\r\n`)
const answers = {
  INFO: () => bulk('redis_version:7.2.0\r\nloading:0\r\n'),
  SET: (key, value) => {
    values.set(key, value)
    return '+OK\r\n'
  },
  GET: key => bulk(values.get(key)),
}

/** The first command of what came, and what follows it; `null` while it is not complete. */
function take(text) {
  const words = []
  const [head, count] = /^\*(\d+)\r\n/.exec(text) ?? []
  let rest = text.slice(head?.length)
  while (words.length < Number(count)) {
    const [size, length] = /^\$(\d+)\r\n/.exec(rest) ?? []
    const end = size?.length + Number(length)
    if (!(rest.length >= end + 2)) return null
    words.push(rest.slice(size.length, end))
    rest = rest.slice(end + 2)
  }
  return head === undefined ? null : { words, rest }
}

const server = createServer(socket => {
  let text = ''
  socket.setEncoding('latin1').on('data', data => {
    text += data
    for (let next = take(text); next !== null; next = take(text)) {
      const [name, ...words] = next.words
      text = next.rest
      socket.write(answers[name.toUpperCase()]?.(...words) ?? '+OK\r\n', 'latin1')
    }
  })
  socket.on('error', () => undefined)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
// Ends with the process that started it.
process.stdin.resume().on('end', () => process.exit())
