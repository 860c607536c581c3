import { list } from '../../report/format/layout.js'
import { MASK } from '../../options/redact/redact-text.js'
import { IsolateLeakError } from '../../errors.js'
import type { ReportedVariables } from '../../types/index.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Collects what a report does not tell, so that all of it is said at once. */
export interface Missing {
  /** A part that a report cannot hold, for example `the workload, which holds functions or secrets`. */
  part(what: string): void
  /** The texts, unless a secret in them was masked. */
  texts(what: string, texts: readonly string[]): readonly string[]
  /** Variables with their values: from the environment, under their names. */
  variables(owner: string, variables: ReportedVariables | undefined): Record<string, string | undefined>
  /** Names of those whose values were taken from the environment. */
  readonly taken: ReadonlySet<string>
  /** @throws IsolateLeakError `ERR_REPLAY` when anything is missing */
  check(): void
}

export function collectMissing(env: Environment): Missing {
  const parts: string[] = []
  const unset = new Map<string, string[]>()
  const taken = new Set<string>()
  return {
    taken,
    part: what => void parts.push(what),
    texts(what, texts) {
      if (texts.some(text => text.includes(MASK))) parts.push(`${what}, in which a secret was masked`)
      return texts
    },
    variables(owner, variables) {
      if (variables === undefined) return {}
      const values: Record<string, string | undefined> = { ...variables.placeholders }
      for (const name of variables.unset) values[name] = undefined
      for (const name of variables.set) {
        const value = env[name]
        if (value === undefined) unset.set(name, [...(unset.get(name) ?? []), owner])
        else {
          values[name] = value
          taken.add(name)
        }
      }
      return values
    },
    check() {
      const names = [...unset].map(([name, owners]) => `${name} (${list([...new Set(owners)])})`)
      const wanted = [
        ...parts,
        ...(names.length === 0
          ? []
          : [`values of variables, which are taken from the environment: ${names.join(', ')}`]),
      ]
      if (wanted.length === 0) return
      throw new IsolateLeakError(
        'ERR_REPLAY',
        `the report does not tell all that it takes to run it again; missing: ${wanted.join('; ')}. ` +
          `${names.length === 0 ? 'Give' : 'Set the variables, or give'} the config of the run (--config leak.config.js; from JavaScript entry, agents, workload)`,
      )
    },
  }
}
