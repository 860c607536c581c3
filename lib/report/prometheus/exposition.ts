/** One gauge, and its value under each set of labels. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly samples: readonly Sample[]
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  /** Bounds that are not known are `null` in what was read from JSON. Such samples are left out. */
  readonly value: number | null
}

/** Families in the text format of Prometheus, version 0.0.4. Families without a sample are left out. */
export function exposition(families: readonly Family[]): string {
  return families
    .map(({ name, help, samples }) => {
      const lines = samples.flatMap(({ labels, value }) =>
        value === null || !Number.isFinite(value) ? [] : [`${name}${labelText(labels)} ${String(value)}`],
      )
      return lines.length === 0
        ? ''
        : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines, ''].join('\n')
    })
    .join('')
}

function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** Everything else may be in a label: two names that differ only in what cannot be read are two. */
function escaped(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll(/\p{Cs}/gu, '\uFFFD')
}
