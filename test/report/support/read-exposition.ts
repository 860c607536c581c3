/** One value of a family. */
export interface ReadSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/

/**
 * Reads the text format of Prometheus 0.0.4 as its documentation (prometheus.io/docs/instrumenting/exposition_formats) and
 * the textfile collector of the node exporter ask for it: a help and a type before the samples of a family, families in one
 * piece, no sample twice, no timestamps, a line end at the end.
 * @throws Error that names the line
 */
export function readExposition(text: string): ReadSample[] {
  if (!text.endsWith('\n')) throw new Error('expected a line end at the end')
  const samples: ReadSample[] = []
  const families = new Set<string>()
  const series = new Set<string>()
  let family = ''
  let typed = false
  for (const line of text.slice(0, -1).split('\n')) {
    const fail = (what: string): Error => new Error(`expected ${what}, got ${line}`)
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (keyword === 'HELP') {
      if (!NAME.test(name) || families.has(name)) throw fail('a new family')
      if (/\\(?![\\n])/.test(rest)) throw fail('escapes')
      families.add(name)
      ;[family, typed] = [name, false]
      continue
    }
    if (keyword === 'TYPE') {
      if (name !== family || typed || rest !== 'gauge') throw fail('one type of the family above')
      typed = true
      continue
    }
    const [, of = '', labels = '', value = ''] = SAMPLE.exec(line) ?? []
    if (of !== family || !typed) throw fail('a sample of the family above')
    if (!NUMBER.test(value)) throw fail('a number')
    const read = { name: of, labels: readLabels(labels, fail), value: Number(value) }
    const key = JSON.stringify([read.name, Object.entries(read.labels).sort()])
    if (series.has(key)) throw fail('each series once')
    series.add(key)
    samples.push(read)
  }
  return samples
}

function readLabels(text: string, fail: (what: string) => Error): Record<string, string> {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? []
    if (name === '' || name.startsWith('__') || name in labels) throw fail('labels')
    labels[name] = value.replaceAll(/\\(.)/g, (_, escape: string) => (escape === 'n' ? '\n' : escape))
  }
  return labels
}
