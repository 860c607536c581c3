/** Whether a value is filled in when the collector of the trial is open. */
export function hasPlaceholder(value: string | undefined): value is string {
  return value !== undefined && PLACEHOLDER.test(value)
}

/** Whether a value is the address of the collector, or a part of it; its certificate is not. */
export function hasAddress(value: string | undefined): boolean {
  return value !== undefined && ADDRESS.test(value)
}

const PLACEHOLDER = /\{collector(\.\w+)?\}/
const ADDRESS = /\{collector(\.(?!ca\})\w+)?\}/

/** Where a collector is. */
export interface CollectorAddress {
  readonly port: number
  /** Path of the certificate that it shows. */
  readonly certificateFile: string
}

/**
 * A value with its placeholders filled in: `{collector}` (`http://127.0.0.1:4318`), `{collector.https}`,
 * `{collector.host}`, `{collector.port}`, `{collector.ca}`.
 */
export function fillPlaceholders(value: string, { port, certificateFile }: CollectorAddress): string {
  const host = '127.0.0.1'
  const values: Readonly<Record<string, string>> = {
    '{collector}': `http://${host}:${String(port)}`,
    '{collector.https}': `https://${host}:${String(port)}`,
    '{collector.host}': host,
    '{collector.port}': String(port),
    '{collector.ca}': certificateFile,
  }
  return value.replace(/\{collector(?:\.\w+)?\}/g, placeholder => values[placeholder] ?? placeholder)
}
