const noted = new WeakSet<object>()

/** Notes what a function of the caller threw: it is handed back as it is, whatever stands in it. */
export function noteCallersOwn(thrown: unknown): void {
  if (typeof thrown === 'object' && thrown !== null) noted.add(thrown)
}

export function isCallersOwn(error: object): boolean {
  return noted.has(error)
}
