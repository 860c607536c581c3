/** What a config is, for `--help`. */
export const CONFIG_HELP = `
Config: a .js, .mjs, .cjs, .json, .ts or .mts file. The default export of a
module is the options of isolateLeak(), or a function (it may be async) that
returns them. TypeScript needs Node 22.18 or newer, or a loader:
  node --import tsx node_modules/isolate-leak/dist/cli/bin.js run leak.config.ts
In JSON the workload is one of
  { "http": { "path": "/orders/42" } }
  { "inApp": "./operation.js" }
  { "idle": {} }

Paths in a config (entry, agents, inApp, outDir) are relative to the folder of
the config file, which is the working directory while the command runs and the
application's default cwd. Paths on the command line are relative to where you
are.`
