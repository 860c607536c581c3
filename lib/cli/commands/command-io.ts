import type { CliContext } from '../context.js'

/** What a command works with. */
export interface CommandIo {
  readonly context: CliContext
  readonly stdout: (text: string) => Promise<void>
  readonly stderr: (text: string) => Promise<void>
  /** Tells the exit status; commander itself knows none of an action that went well. */
  end(status: number): void
}
