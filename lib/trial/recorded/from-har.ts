import * as v from 'valibot'
import type { HarOptions } from '../../types/recording.js'
import type { RecordedTraffic } from '../../types/workload.js'
import { checkObject, isRecord } from '../../options/check/check-object.js'
import { got, optionsOf, parse } from '../../options/check/parse.js'
import { toPath } from '../../options/check/to-path.js'
import { GATHER_FIELDS, gatherer } from './gather.js'
import { readHarRequest } from './har-request.js'
import { TOO_LONG, readHar } from './read-har.js'

const OPTIONS = optionsOf({
  ...GATHER_FIELDS,
  origin: v.optional(
    v.custom<string>(
      value => typeof value === 'string' && originOf(value) !== null,
      got("one of http or https, 'https://shop.example'"),
    ),
  ),
})
/** A page asks a few dozen. */
const MOST_ORIGINS = 10_000

/**
 * Requests of a HAR file, as browsers and proxies export it, for `http()`: `http(await fromHar('traffic.har'))`. Those of one origin are
 * kept, in their order, with headers and bodies.
 *
 * It is read piece by piece, and answers are passed over: memory does not grow with its size. Without `origin` it is read twice.
 *
 * @param file path (relative to the caller's working directory) or `file:` URL; gzip as well
 * @throws IsolateLeakError `ERR_OPTION_INVALID`; `ERR_RECORDING` where the file cannot be read, is no HAR file, or has nothing that can be sent
 */
export async function fromHar(file: string | URL, options: HarOptions = {}): Promise<RecordedTraffic> {
  const given = parse(OPTIONS, checkObject('fromHar(): options', options), 'fromHar(): ')
  const path = toPath('fromHar(): file', file, process.cwd())
  const requests = gatherer(given)
  const origin = given.origin === undefined ? await mainOrigin(path) : originOf(given.origin)
  await readHar(path, ({ request, status, isFromCache }) => {
    const recorded = readHarRequest(request, isFromCache ? 0 : status)
    if (request === TOO_LONG) requests.drop('tooLong')
    else if (recorded === null || !URL.canParse(recorded.target)) requests.drop('noRequest')
    else if (originOf(recorded.target) === null) requests.drop('unsupported')
    else if (originOf(recorded.target) !== origin) requests.drop('foreign')
    else requests.take(recorded)
  })
  return requests.finish({ path, format: 'har', origin })
}

/** The one that most requests were sent to, of several the first; `null`: there is none. */
async function mainOrigin(path: string): Promise<string | null> {
  const counts = new Map<string, number>()
  await readHar(path, ({ request }) => {
    const origin = isRecord(request) && typeof request.url === 'string' ? originOf(request.url) : null
    if (origin === null || (counts.size === MOST_ORIGINS && !counts.has(origin))) return
    counts.set(origin, (counts.get(origin) ?? 0) + 1)
  })
  const most = Math.max(...counts.values())
  return [...counts].find(([, count]) => count === most)?.[0] ?? null
}

/** `null` for what is not sent over HTTP: WebSockets, `data:`, extensions. */
function originOf(address: string): string | null {
  if (!/^https?:/i.test(address) || !URL.canParse(address)) return null
  return new URL(address).origin
}
