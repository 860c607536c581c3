import { testPages } from './page-tests.js'

/** The usual one, one with everything that may break a page, and one with conditions of a collector. */
const VARIED = ['demo', 'hostile', 'backends']

testPages(name => VARIED.includes(name))
