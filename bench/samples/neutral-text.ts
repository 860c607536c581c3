/** Paths of this machine. */
export interface MachinePaths {
  /** Root of the project. */
  readonly project: string
  /** Node that ran it. */
  readonly node: string
}

/**
 * The JSON of a report with the root of the project as `.` and Node as `node`.
 * @throws Error when a path of this machine is left in it
 */
export function neutralText(json: string, { project, node }: MachinePaths): string {
  const root = project.replace(/[\\/]$/, '')
  const text = json
    .replaceAll(`file://${root}/`, './')
    .replaceAll(`${root}/`, './')
    .replaceAll(`"${root}"`, '"."')
    .replaceAll(JSON.stringify(node), '"node"')
  const left = /"[^"]*(?:file:\/\/\/|\/(?:home|root|tmp|work|usr|var|Users)\/)[^"]*"/.exec(text)
  if (left !== null) throw new Error(`expected no path of this machine in the report, got ${left[0]}`)
  return text
}
