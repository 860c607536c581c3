import { format } from 'prettier'
import { createGenerator, type Schema } from 'ts-json-schema-generator'
import { projectPath } from '../../test/support/project-path.js'

type Definitions = Record<string, { properties?: Record<string, Schema> } & Schema>

/** Sets of names that a later minor version may add to, each with a name that is in it. */
const OPEN = { Metric: 'heap', WarningCode: 'UNSETTLED' } as const

/**
 * The JSON Schema (draft 7) of a report, from the types and their documentation. It allows for properties, metrics and codes
 * that a later version with the same `schemaVersion` adds.
 */
export function reportSchema(): Schema {
  const { definitions } = JSON.parse(JSON.stringify(generated()), plainLinks) as { definitions: Definitions }
  // JSON has no infinity.
  for (const bound of ['low', 'high']) {
    Object.assign(propertiesOf(definitions, 'Growth')[bound] as object, { type: ['number', 'null'] })
  }
  for (const [name, example] of Object.entries(OPEN)) open(definitions, name, example)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Report of isolate-leak, schema version 1',
    $ref: '#/definitions/ReportData',
    definitions: definitions,
  }
}

/** Content of `report.schema.json`. */
export async function reportSchemaFile(): Promise<string> {
  return format(JSON.stringify(reportSchema()), { parser: 'json', printWidth: 110 })
}

function generated(): Schema {
  return createGenerator({
    path: projectPath('lib', 'types', 'report.ts'),
    tsconfig: projectPath('tsconfig.json'),
    type: 'ReportData',
    additionalProperties: true,
    sortProps: true,
    skipTypeCheck: true,
  }).createSchema('ReportData')
}

/** `{@link Warning}` is `Warning` to those who do not read TypeScript. */
function plainLinks(key: string, value: unknown): unknown {
  if (key !== 'description' || typeof value !== 'string') return value
  return value
    .replaceAll(/ *\{@link +([\w.]+) *\}/g, ' $1')
    .replaceAll(/ +([.,;:])/g, '$1')
    .replaceAll(/(?<=\S) {2,}/g, ' ')
}

function open(definitions: Definitions, name: string, expected: string): void {
  const definition = definitions[name]
  const known = definition?.enum
  if (definition === undefined || !Array.isArray(known) || !known.includes(expected))
    throw new Error(
      `expected ${name} to be a list of names with ${expected}, got ${JSON.stringify(definition)}`,
    )
  delete definition.enum
  definition.examples = known
}

function propertiesOf(definitions: Definitions, name: string): Record<string, Schema> {
  const properties = definitions[name]?.properties
  if (properties === undefined) throw new Error(`expected a type ${name}, got none`)
  return properties
}
