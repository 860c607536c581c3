import type { Random } from '../../lib/decide/stats/random.js'
import { oneOf, whole } from './generate.js'

const NUMBERS = [
  '0',
  '00',
  '-1',
  '1.5',
  '1e9',
  '255',
  '256',
  '65535',
  '2147483647',
  '2147483648',
  '4294967294',
].concat([
  '4294967295',
  '4294967296',
  '9007199254740991',
  '9007199254740992',
  '18446744073709551616',
  '9'.repeat(40),
])
const TOKENS = [
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  '\\ud800',
  '\n',
  ' ',
  '\0',
  'null',
  'true',
  '"nodes":[',
  '"strings":[',
].concat([
  '"edges"',
  '"snapshot":{}',
  '"node_count":',
  '"edge_count":4294967294',
  '[[[[',
  '\xef\xbb\xbf',
  '\xff',
  '/*',
  ']]',
])
const KEYS = [
  '"nodes"',
  '"edges"',
  '"strings"',
  '"locations"',
  '"snapshot"',
  '"type"',
  '"name"',
  '"id"',
  '"self_size"',
].concat([
  '"edge_count"',
  '"node_count"',
  '"to_node"',
  '"name_or_index"',
  '"node_fields"',
  '"edge_types"',
  '"object_index"',
])

type Mutation = (bytes: Buffer, random: Random) => Buffer

const cut = (bytes: Buffer, from: number, to: number, middle: Buffer | string): Buffer =>
  Buffer.concat([bytes.subarray(0, from), Buffer.from(middle as string, 'latin1'), bytes.subarray(to)])

/** A run of digits, as `[from, to]`. */
const digitsNear = (bytes: Buffer, random: Random): readonly [number, number] => {
  const isDigit = (at: number): boolean => (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39
  let from = whole(random, bytes.length + 1)
  while (from < bytes.length && !isDigit(from)) from++
  while (isDigit(from - 1)) from--
  let to = from
  while (isDigit(to)) to++
  return [from, to]
}

const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const copy = Buffer.from(bytes)
    const at = whole(random, copy.length)
    copy[at] = (copy[at] ?? 0) ^ (1 << whole(random, 8))
    return copy
  },
  (bytes, random) => {
    const copy = Buffer.from(bytes)
    copy[whole(random, copy.length)] = whole(random, 256)
    return copy
  },
  (bytes, random) => bytes.subarray(0, whole(random, bytes.length + 1)),
  (bytes, random) => {
    const from = whole(random, bytes.length)
    return cut(bytes, from, from + whole(random, oneOf(random, [2, 10, 200])), '')
  },
  (bytes, random) => {
    const from = whole(random, bytes.length)
    const piece = bytes.subarray(from, from + whole(random, oneOf(random, [4, 40, 1000])))
    const at = whole(random, bytes.length)
    return cut(bytes, at, at, Buffer.from(piece))
  },
  (bytes, random) => {
    const at = whole(random, bytes.length)
    return cut(bytes, at, at, oneOf(random, TOKENS))
  },
  (bytes, random) => cut(bytes, ...digitsNear(bytes, random), oneOf(random, NUMBERS)),
  (bytes, random) => cut(bytes, ...digitsNear(bytes, random), String(whole(random, 100))),
  (bytes, random) => {
    const [from, to] = digitsNear(bytes, random)
    const value = Number(bytes.toString('latin1', from, to))
    return cut(bytes, from, to, String(value + oneOf(random, [-1, 1, 7, -7])))
  },
  (bytes, random) => {
    const [from, to] = [oneOf(random, KEYS), oneOf(random, KEYS)]
    const at = bytes.indexOf(from)
    return at < 0 ? bytes : cut(bytes, at, at + from.length, to)
  },
  (bytes, random) => {
    const at = bytes.indexOf(0x2c, whole(random, bytes.length))
    return at < 0
      ? bytes
      : cut(bytes, at, at + 1, oneOf(random, [' ,\n ', ',,', '', ';', ',\t', ' '.repeat(200) + ',']))
  },
]

/** The bytes with a few random changes, each of a random kind. */
export const mutate = (bytes: Buffer, random: Random): Buffer => {
  let mutated = bytes
  for (let changes = 1 + whole(random, oneOf(random, [1, 2, 6])); changes > 0; changes--)
    mutated = oneOf(random, mutations)(mutated, random)
  return mutated
}
