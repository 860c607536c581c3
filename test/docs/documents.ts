import { readdirSync, readFileSync } from 'node:fs'
import { projectPath } from '../support/project-path.js'
import { snippetsOf, type Snippet } from './snippets.js'

const README = 'README.md'

/** Text of a document, by its path from the project's root. */
export const textOf = (path: string): string => readFileSync(projectPath(...path.split('/')), 'utf8')

/** Every page of docs. */
export const pages: readonly string[] = readdirSync(projectPath('docs'))
  .filter(name => name.endsWith('.md'))
  .map(name => `docs/${name}`)

/** The pages that the README links, in its order. */
export const linkedPages = (readme: string): readonly string[] => [
  ...new Set([...readme.matchAll(/\]\((docs\/[\w-]+\.md)/g)].map(([, page = '']) => page)),
]

/** All that has snippets, in the order in which it is read. */
export const documents: readonly string[] = [README, ...linkedPages(textOf(README)), 'CONTRIBUTING.md']

/** The snippets of all documents, in that order. */
export const snippets: readonly (Snippet & { readonly document: string })[] = documents.flatMap(document =>
  snippetsOf(textOf(document)).map(snippet => ({ ...snippet, document })),
)
