import { testSnippets } from './readme-tests.js'

await testSnippets('commands')
