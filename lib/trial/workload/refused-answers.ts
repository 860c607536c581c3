/** What is known of an answer before its body. */
export interface AnswerHead {
  readonly status: number
  /** Path that was asked for. */
  readonly path: string
  /** Where it sends to, as it stands in the answer; `null`: nowhere. */
  readonly location: string | null
}

/** What practically all answers said in place of doing what was asked. */
export interface Refusal {
  /** From {@link PRACTICALLY_ALL} to 1. */
  readonly share: number
  /** Most frequent first. */
  readonly statuses: readonly number[]
  /** Path of the redirect, without its query, which may hold tokens; `null`: they are 401 or 403. */
  readonly to: string | null
}

/** Notes where answers redirect to and which are refused for want of a session. */
export interface RefusedAnswers {
  readonly note: (head: AnswerHead) => void
  /** @param answers how many there were of all kinds */
  refusal(answers: number): Refusal | null
}

/** A few may be answered otherwise: health checks, what is public. */
const PRACTICALLY_ALL = 0.95
/** Where answers redirect to more places than these, they do not redirect to one. */
const MOST_PLACES = 64
const WITHOUT_SESSION: readonly number[] = [401, 403]

interface Group {
  readonly statuses: Map<number, number>
  readonly to: string | null
}

/** @param url origin of the application */
export function refusedAnswers(url: string): RefusedAnswers {
  const groups = new Map<string, Group>()
  return {
    note: ({ status, path, location }) => {
      const place = WITHOUT_SESSION.includes(status) ? NO_PLACE : location && placeOf(location, path, url)
      if (!place) return
      const known = groups.get(place.key)
      if (known === undefined && groups.size >= MOST_PLACES) return
      const group = known ?? { statuses: new Map<number, number>(), to: place.to }
      groups.set(place.key, group)
      group.statuses.set(status, (group.statuses.get(status) ?? 0) + 1)
    },
    refusal(answers) {
      for (const { statuses, to } of groups.values()) {
        const share = [...statuses.values()].reduce((sum, count) => sum + count, 0) / answers
        if (share < PRACTICALLY_ALL) continue
        const byCount = [...statuses].sort(([, a], [, b]) => b - a)
        return { share, statuses: byCount.map(([status]) => status), to }
      }
      return null
    },
  }
}

interface Place {
  readonly key: string
  readonly to: string | null
}

const NO_PLACE: Place = { key: '', to: null }

/** Redirects with another query lead to one place, and so do those to what was asked for by another scheme, host or slash. */
function placeOf(location: string, path: string, url: string): Place | null {
  const asked = parsed(path, url)
  const target = asked && parsed(location, asked.href)
  if (!asked || !target) return null
  // Some servers write the session into the path.
  const to = target.pathname.replace(/;.*/, '')
  if (withoutSlash(target.pathname) !== withoutSlash(asked.pathname)) return { key: target.origin + to, to }
  const isOtherOrigin = target.origin !== asked.origin
  return { key: `= ${target.origin}`, to: isOtherOrigin ? `the same path at ${target.origin}` : to }
}

function parsed(location: string, base: string): URL | null {
  try {
    return new URL(location, base)
  } catch {
    return null
  }
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '')
}
