import { testPages } from './page-tests.js'

/** Between them they have everything that a page may have. */
const VARIED = ['demo', 'hostile', 'many', 'backends', 'failed']

testPages(name => VARIED.includes(name))
