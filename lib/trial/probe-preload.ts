import { fileURLToPath } from 'node:url'

/** The probe's first file. */
export const PRELOAD: string = fileURLToPath(new URL('../probe/preload.cjs', import.meta.url))
