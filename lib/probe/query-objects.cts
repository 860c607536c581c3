import type { Post } from './main-thread-link.cjs'

const group = 'isolate-leak-objects'

interface Found {
  readonly objectId?: string
}

/**
 * Hands the objects of the thread's main context that have a prototype to a function, as its `this`, and gives its result; `undefined`
 * where the expression has no value. V8 collects before: it takes as long as a reading. Nothing is kept.
 * @param prototype an expression that gives it
 * @param work runs in the application: it sees nothing but its arguments
 */
async function queryObjects<Result, Rest extends readonly unknown[]>(
  post: Post,
  prototype: string,
  work: (this: never, ...rest: Rest) => Result,
  ...rest: Rest
): Promise<Result | undefined> {
  try {
    const { result: found } = await post<{ result: Found }>('Runtime.evaluate', {
      expression: prototype,
      objectGroup: group,
      silent: true,
    })
    if (found.objectId === undefined) return undefined
    const { objects } = await post<{ objects: Found }>('Runtime.queryObjects', {
      prototypeObjectId: found.objectId,
      objectGroup: group,
    })
    const { result } = await post<{ result: { value: Result } }>('Runtime.callFunctionOn', {
      objectId: objects.objectId,
      functionDeclaration: String(work),
      arguments: rest.map(value => ({ value })),
      returnByValue: true,
      silent: true,
    })
    return result.value
  } finally {
    await post('Runtime.releaseObjectGroup', { objectGroup: group })
  }
}

export type QueryObjects = typeof queryObjects
module.exports = queryObjects
