import type { EvidenceOfHolding } from '../types/index.js'

/** What a step is called where a store of AsyncLocalStorage is reached: on what was made in it, or in the frame of a later Node. */
const STORE = /kResourceStore|AsyncContextFrame|async_context_frame|AsyncLocalStorage/

/** What else a store needs: what holds it differs between lines of Node, so that a verdict holds for the line it was made on. */
export function contextNotes(held: EvidenceOfHolding | null, node: string): string[] {
  const inContext = held?.path.some(({ by, name }) => STORE.test(by) || STORE.test(name)) === true
  if (!inContext) return []
  return [
    `It is held by a context (AsyncLocalStorage), on Node ${node}. Before Node 24 whatever was made in a context holds its store (a promise that waits, a timer that is over), from then on less does: run it on the Node of production, too, and on a newer one.`,
  ]
}
