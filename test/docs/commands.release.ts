import { testSnippets } from './snippet-tests.js'

await testSnippets('commands')
