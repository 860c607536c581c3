import { testPages } from './page-tests.js'

/** The usual one, one with all that may be in the way of a page, and one of which all tables are there. */
const VARIED = ['demo', 'hostile', 'backends']

testPages(name => VARIED.includes(name))
