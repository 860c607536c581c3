import { existsSync, readFileSync } from 'node:fs'

/** Version of this package. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(manifestAbove(import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return version
}

/** One folder above in the package, further up for what tests compile. */
function manifestAbove(place: string | URL): URL {
  const file = new URL('../package.json', place)
  return existsSync(file) || file.href === new URL('/package.json', file).href ? file : manifestAbove(file)
}
