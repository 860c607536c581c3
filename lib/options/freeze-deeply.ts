/** Freezes arrays and plain objects all the way down; instances of classes and functions stay as they are. */
export function freezeDeeply<Value>(value: Value): Value {
  if (!isOwnData(value) || Object.isFrozen(value)) return value
  Object.freeze(value)
  Object.values(value).forEach(freezeDeeply)
  return value
}

function isOwnData(value: unknown): value is object {
  return Array.isArray(value) || Object.prototype.toString.call(value) === '[object Object]'
}
