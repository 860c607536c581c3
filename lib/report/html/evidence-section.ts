import { placeText } from '../format/place-text.js'
import type { Culprit, Evidence, EvidencePlace, ReportData } from '../../types/index.js'
import { markup, type Markup } from '../charts/markup.js'
import { formatBytes, formatNumber } from '../format/bytes.js'
import { perWhat } from '../format/growth.js'
import { evidenceLines } from '../text/evidence-lines.js'
import { culpritName } from '../text/verdict-lines.js'
import { bullets, dataTable, folded, labelled, type Section } from './blocks.js'

/** What holds the memory of each culprit: in words, then step by step and as figures. */
export function evidenceSection(data: ReportData): Section | null {
  const parts = data.culprits.flatMap(culprit => {
    const body = evidenceOf(culprit)
    return body === null
      ? []
      : [data.culprits.length > 1 ? markup`<h3>${culpritName(culprit)}</h3>${body}` : body]
  })
  return parts.length === 0 ? null : { id: 'evidence', title: 'What holds it', body: markup`${parts}` }
}

function evidenceOf(culprit: Culprit): Markup | null {
  const { evidence } = culprit
  if (evidence === undefined) return null
  const per = perWhat(culprit.growth)
  const owner = evidence.package
  const lines = [
    ...evidenceLines(culprit),
    ...(owner === null ? [] : [['package', `${owner.name} ${owner.version}`] as const]),
  ]
  const who = culpritName(culprit)
  return markup`${labelled(lines)}${[
    pathFolded(evidence, per),
    classesFolded(evidence, who, per),
    sitesFolded(evidence, who, per),
    resourcesFolded(evidence, who, per),
    evidence.files.length === 0
      ? null
      : folded('Snapshots that were kept', markup`${bullets(evidence.files)}`),
  ]}`
}

function pathFolded({ held }: Evidence, per: string): Markup | null {
  if (held === null) return null
  const steps = held.path.map(({ by, name, place }, index) => {
    const isHolder = index === held.holder
    return markup`<li${isHolder ? markup` class="holder"` : null}><span class="by">${by === '' ? 'root' : by}</span> <b>${name}</b>${place === null ? null : markup` <span class="place">${place.script}:${place.line}:${place.column}</span>`}${isHolder ? markup` <span class="note">the container: it gains ${formatNumber(held.perOperation, 4)} per ${per}</span>` : null}</li>`
  })
  return folded('The whole path, step by step', markup`<ol class="path">${steps}</ol>`)
}

function classesFolded({ grows }: Evidence, who: string, per: string): Markup | null {
  if (grows.length === 0) return null
  return folded(
    'Everything that grows',
    dataTable(
      `What grows with ${who}`,
      [
        { heading: 'class' },
        { heading: `objects/${per}`, holds: 'amounts' },
        { heading: `bytes/${per}`, holds: 'amounts' },
        { heading: 'defined at', holds: 'sentences' },
      ],
      grows.map(one => [
        one.name,
        formatNumber(one.perOperation, 4),
        formatBytes(one.bytesPerOperation),
        where(one.place),
      ]),
    ),
  )
}

function sitesFolded({ allocatedAt }: Evidence, who: string, per: string): Markup | null {
  if (allocatedAt.length === 0) return null
  return folded(
    'Where it was allocated',
    dataTable(
      `Where what is kept with ${who} was allocated`,
      [
        { heading: 'function' },
        { heading: 'place', holds: 'sentences' },
        { heading: `alive/${per}`, holds: 'amounts' },
      ],
      allocatedAt.map(site => [
        site.function === '' ? '(anonymous)' : site.function,
        where(site.place),
        formatBytes(site.bytesPerOperation),
      ]),
    ),
  )
}

function resourcesFolded({ resources }: Evidence, who: string, per: string): Markup | null {
  if (resources.length === 0) return null
  return folded(
    'What piles up outside of the heap',
    dataTable(
      `What piles up with ${who} outside of the heap`,
      [
        { heading: 'what', holds: 'sentences' },
        { heading: 'kind' },
        { heading: `more/${per}`, holds: 'amounts' },
      ],
      resources.map(({ kind, what, perOperation }) => [
        what,
        kind,
        String(Number(perOperation.toPrecision(2))),
      ]),
    ),
  )
}

function where(place: EvidencePlace | null): string {
  return place === null ? '' : placeText(place)
}
