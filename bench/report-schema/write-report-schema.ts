import { writeFileSync } from 'node:fs'
import { projectPath } from '../../test/support/project-path.js'
import { reportSchemaFile } from './report-schema.js'

writeFileSync(projectPath('report.schema.json'), await reportSchemaFile())
