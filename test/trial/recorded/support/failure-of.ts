import { IsolateLeakError } from '../../../../lib/errors.js'

/** The error with a code that something fails with; another error is thrown on. */
export const failureOf = async (run: () => Promise<unknown>): Promise<IsolateLeakError> => {
  try {
    await run()
  } catch (error) {
    if (error instanceof IsolateLeakError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
