import { testPages } from './page-tests.js'

testPages('tutorial')
