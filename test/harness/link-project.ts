import { symlinkSync } from 'node:fs'
import { projectPath } from '../support/project-path.js'

/** What the library and its tests find above themselves by relative paths. */
const BESIDE = ['package.json', 'dist', 'report.schema.json']

/** Makes the folder of what is compiled for tests look like the project: the version, the build, the schema are where they would be. */
export const linkProject = (): void => {
  for (const name of BESIDE) {
    try {
      symlinkSync(projectPath(name), projectPath('.cache', 'js', name))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
