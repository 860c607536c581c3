'use strict'

// Does nothing by itself.
setInterval(() => {}, 500)
