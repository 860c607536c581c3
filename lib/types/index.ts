/** Everything that a caller sees of a run: what was measured, what follows from it, how it went. */
export type * from './backend.js'
export type * from './growth.js'
export type * from './sample.js'
export type * from './trial-record.js'
export type * from './component.js'
export type * from './costs.js'
export type * from './report.js'
export type * from './events.js'
