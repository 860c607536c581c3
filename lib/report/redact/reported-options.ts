import type { ResolvedAgent, ResolvedOptions } from '../../options/resolved.js'
import type { ReportedOptions } from '../../types/index.js'
import { redactArguments, redactText } from '../../options/redact/redact-text.js'

/** The options as they are reported: variables by name only, secrets in arguments masked. */
export function reportedOptions(options: ResolvedOptions): ReportedOptions {
  const { entry } = options
  return {
    entry: {
      file: entry.file,
      ...(entry.isCommand ? { isCommand: true } : {}),
      args: redactArguments(entry.args),
      nodeArgs: redactArguments(entry.nodeArgs),
      nodePath: entry.nodePath,
      cwd: entry.cwd,
      env: Object.keys(entry.env).sort(),
    },
    agents: options.agents.map(reportedAgent),
    carrier: options.carrier === null ? null : reportedAgent(options.carrier.agent),
    ...(options.keep.length === 0 ? {} : { keep: options.keep }),
    effort: options.effort,
    operations: options.operations,
    threshold: options.threshold,
    errorRate: options.errorRate,
    strategy: options.strategy,
    backends: options.backends,
    concurrency: options.concurrency,
    retentionMs: options.timing.retentionMs,
    seed: options.seed,
  }
}

function reportedAgent(agent: ResolvedAgent): ReportedOptions['agents'][number] {
  return {
    name: agent.name,
    require: agent.require,
    import: agent.import.map(redactText),
    nodeArgs: redactArguments(agent.nodeArgs),
    command: redactArguments(agent.command),
    env: Object.keys({ ...agent.preset?.env, ...agent.env }).sort(),
    ...(agent.sidecar === null ? {} : { sidecar: redactArguments(agent.sidecar.command) }),
    requires: agent.requires,
    package: agent.package?.name ?? null,
    version: agent.package?.version ?? null,
    preset: agent.preset?.package ?? null,
    flush: agent.preset?.flush ?? null,
    packages: agent.tree,
  }
}
