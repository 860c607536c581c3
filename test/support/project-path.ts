import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folderAbove = (folder: string): string =>
  existsSync(join(folder, 'package-lock.json')) ? folder : folderAbove(dirname(folder))

const project = folderAbove(dirname(fileURLToPath(import.meta.url)))

/** Absolute path of a file of the project, also from what is compiled into `.cache`. */
export const projectPath = (...parts: readonly string[]): string => join(project, ...parts)
