/** Everything that a caller sees of a run: what was measured, what follows from it, how it went. */
export type * from './types/backend.js'
export type * from './types/growth.js'
export type * from './types/sample.js'
export type * from './types/trial-record.js'
export type * from './types/component.js'
export type * from './types/evidence.js'
export type * from './types/report.js'
export type * from './types/events.js'
