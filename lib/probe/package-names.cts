const FOLDER = /[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/g

/** Names of the packages that files belong to, each once. */
function packageNames(files: readonly string[]): string[] {
  const names = new Set<string>()
  for (const file of files) {
    const name = [...file.matchAll(FOLDER)].at(-1)?.[1]
    if (name !== undefined) names.add(name.replace('\\', '/'))
  }
  return [...names].sort()
}

export type PackageNames = typeof packageNames
module.exports = packageNames
