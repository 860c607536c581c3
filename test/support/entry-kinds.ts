import type { EntryOptions } from 'isolate-leak'
import { projectPath } from './project-path.js'

const fixture = (name: string): string => projectPath('test', 'fixtures', 'apps', name)

/** Servers of several kinds, and the path that they answer where it is not `/`. */
export const entryKinds: Readonly<
  Record<string, { readonly entry: string | EntryOptions; readonly path?: string }>
> = {
  'an ES module': { entry: fixture('plain-server.mjs') },
  'TypeScript through the loader of the caller': {
    entry: {
      file: fixture('plain-server.ts'),
      nodeArgs: ['--import', fixture('typescript-loader.mjs')],
    },
  },
  express: { entry: fixture('express-server.cjs'), path: '/orders/42' },
}
