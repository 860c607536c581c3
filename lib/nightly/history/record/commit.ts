/** Where CI systems tell which commit they work on. */
const VARIABLES = [
  'GITHUB_SHA',
  'CI_COMMIT_SHA',
  'GIT_COMMIT',
  'BITBUCKET_COMMIT',
  'BUILDKITE_COMMIT',
  'BUILD_SOURCEVERSION',
  'CIRCLE_SHA1',
  'CODEBUILD_RESOLVED_SOURCE_VERSION',
  'DRONE_COMMIT_SHA',
  'TRAVIS_COMMIT',
]
const COMMIT = /^[0-9a-f]{7,64}$/i

/** The commit of the application as the CI system tells it: GitHub, GitLab, Jenkins and others. `null`: none does. */
export function commitOf(env: Readonly<Record<string, string | undefined>>): string | null {
  for (const name of VARIABLES) {
    const value = env[name]
    if (value !== undefined && COMMIT.test(value)) return value.toLowerCase()
  }
  return null
}
