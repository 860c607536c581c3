/** Text of `isolate-leak --help`. */
export const USAGE = `Usage: isolate-leak run <config> [options]
       isolate-leak upgrade <agent> --from <version> --to <version> --config <config> [options]
       isolate-leak bisect <agent> --config <config> [--range <range>] [--good <version>]
                           [--bad <version>] [--resume] [options]
       isolate-leak instrumentation <agent> --config <config> [options]
       isolate-leak demo [options]
       isolate-leak inspect <pid> [--json]
       isolate-leak heap classes <snapshot> [--top <n>] [--json]
       isolate-leak heap diff <snapshot> <snapshot> [<snapshot>] [--operations <n>[,<m>]] [--top <n>] [--json]
       isolate-leak heap path <snapshot> <@id or class> [--json]

Finds out which component of a Node.js application leaks memory: launches the application several
times, with and without each agent, drives the same workload, and compares growth per operation.

Commands:
  run <config>          run the experiment that a config file describes
  upgrade <agent>       before a rollout: is the new version of an agent safe? Both versions against the
                        application alone and against each other; the rest is as the config says
  bisect <agent>        the first published version of an agent that leaks, and the first that no longer
                        does; within a range, or between a good and a bad version; with --resume it goes
                        on from the trials in --out
  instrumentation <agent>
                        which instrumentation of an agent leaks, and the setting that switches it off
  demo                  run it on a small bundled server with three agents, one of which leaks
  inspect <pid>         print how a running Node process was started and what is attached to it, as a
                        config for run, without secrets (Linux; with --json as JSON, notes to stderr)
  heap                  look into heap snapshot files (.heapsnapshot of Node or Chrome), of any size: the
                        largest classes; what grew between two or three snapshots of one process, and
                        what holds it; what keeps one object alive. Contents of strings are not printed

Options (they win over the config):
  --effort <effort>     quick, standard or thorough
  --operations <n>      operations a trial
  --threshold <bytes>   smallest growth that counts as a leak, bytes per operation
  --backends <list>     how the agents' collector behaves, each a condition of its own: up, down, slow,
                        error, with commas between them (default up)
  --concurrency <n>     trials at a time
  --seed <n>            order of the trials
  --budget <time>       limit on the whole run, for example 90s, 10m or 2h
  --out <dir>           write the journal of trials and report.json to this folder
  --rate <n>            operations a second for which growth per day is given (default 100)
  --json                print the report as JSON instead of text
  -h, --help            print this text
  -v, --version         print the version

The report goes to stdout, progress to stderr.

Config: a .js, .mjs, .cjs, .json, .ts or .mts file. A module's default export is the options of
isolateLeak(), or a function (it may be async) that returns them. TypeScript needs Node 22.18 or
newer, or a loader: node --import tsx node_modules/isolate-leak/dist/cli.js run leak.config.ts.
In JSON the workload is one of
  { "http": { "path": "/orders/42" } }    { "inApp": "./operation.js" }    { "idle": {} }

Paths in a config (entry, agents, inApp, outDir) are relative to the folder of the config file,
which is the working directory while the command runs and the application's default cwd.
Paths on the command line (the config itself, --out) are relative to where you are.

Exit status: 0 clean, 1 leak, 2 inconclusive, 3 the experiment failed, 64 wrong usage (arguments,
config or options), 130 / 143 stopped by Ctrl-C / SIGTERM. Of upgrade 0 safe (or fixes), 1 the new
version leaks. Of bisect 1 when a version leaks. The demo gives 0 when it names the agent that leaks,
and no other.

Environment: DEBUG=isolate-leak:* writes a log and stacks of errors, NO_COLOR switches colours off.
`
