import type { Readable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'

const KEPT_CHARACTERS = 65_536

/** The end of what a process wrote to stdout and stderr, and its lines as they come. */
export interface OutputTail {
  /** The last 64 KB. */
  text(): string
  /** The last `count` lines that are not empty, for messages: without codes that colour them. */
  lastLines(count: number): string
  /** Calls `listener` for each whole line from the first one on; returns a function that stops it. */
  onLine(listener: (line: string) => void): () => void
}

/** Reads both streams to their end, so that the process never waits for a reader. */
export function outputTail(streams: readonly Readable[]): OutputTail {
  let kept = ''
  const listeners = new Set<(line: string) => void>()

  for (const stream of streams) {
    let partial = ''
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      kept = (kept + chunk).slice(-KEPT_CHARACTERS)
      const lines = (partial + chunk).split(/\r?\n/)
      partial = (lines.pop() ?? '').slice(-KEPT_CHARACTERS)
      for (const line of lines) for (const listener of listeners) listener(line)
    })
    // A pipe that breaks when the process dies has nothing more to say.
    stream.on('error', () => undefined)
  }

  return {
    text: () => kept,
    lastLines: count => nonEmptyLines(stripVTControlCharacters(kept)).slice(-count).join('\n'),
    onLine(listener) {
      for (const line of nonEmptyLines(kept)) listener(line)
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function nonEmptyLines(text: string): string[] {
  return text.split(/\r?\n/).filter(line => line.trim() !== '')
}
