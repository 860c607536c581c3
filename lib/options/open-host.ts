/** Opens what runs trials one after the other: see `TrialHost`, which is not known here. */
export type OpenHost = (functions: never) => object

/**
 * Key of an option for tests of the library itself: `isolateLeak({ ..., [OPEN_HOST]: openSimulatedHost })` has trials run by
 * something else than processes. All the rest of a call is what it always is, down to the exact command and environment that the host is
 * told to launch. A symbol for the reason that {@link TIMING} is one.
 */
export const OPEN_HOST: unique symbol = Symbol.for('isolate-leak.open-host')

/** What runs the trials of a call; `null`: processes. */
export function resolveOpenHost(given: { readonly [OPEN_HOST]?: OpenHost }): OpenHost | null {
  return given[OPEN_HOST] ?? null
}
