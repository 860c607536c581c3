import { readFileSync } from 'node:fs'

/** The script that lists shared libraries; it comes with the C library and names it. */
const LDD = '/usr/bin/ldd'

/** `glibc 2.36` or `musl`; nothing where that is not known, as on systems that have one only. */
export function cLibrary(path: string = LDD): string | undefined {
  let script: string
  try {
    script = readFileSync(path, 'utf8')
  } catch {
    // A detail for people: what cannot be read is not known.
    return undefined
  }
  const [, version] = /\b(?:GLIBC|GNU libc)\b[^\n]*?\) (\d+\.\d+)/.exec(script) ?? []
  if (version !== undefined) return `glibc ${version}`
  return script.includes('ld-musl') ? 'musl' : undefined
}
