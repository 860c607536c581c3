/** Lets a function that stands for another look like it. */
function copyShape(from: object, to: object): void {
  for (const key of ['name', 'length']) {
    const descriptor = Object.getOwnPropertyDescriptor(from, key)
    if (descriptor !== undefined) Object.defineProperty(to, key, descriptor)
  }
}

export type CopyShape = typeof copyShape
module.exports = copyShape
