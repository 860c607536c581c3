type Variables = Readonly<Record<string, string | undefined>>

/** The page of the CI job that this is: GitHub, GitLab, Jenkins and others that give one in BUILD_URL. `null`: none is known. */
export function jobLink(env: Variables): string | null {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env
  const github = [server, repository, run].some(part => part === undefined || part === '')
    ? undefined
    : `${server ?? ''}/${repository ?? ''}/actions/runs/${run ?? ''}`
  const found = github ?? env.CI_JOB_URL ?? env.BUILD_URL
  return found !== undefined && /^https?:\/\/\S+$/.test(found) ? found : null
}
