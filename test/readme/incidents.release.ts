import { testPages } from './page-tests.js'

testPages('incidents')
