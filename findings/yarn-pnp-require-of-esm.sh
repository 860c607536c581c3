#!/usr/bin/env bash
# Yarn 4.10.3, Plug'n'Play, Node 20.19 or later, p-limit 6.2.0 (an ES module that imports yocto-queue):
# import() finds p-limit and what it imports. require() of the same package, which these lines of Node allow, finds p-limit itself and then
# not what it imports: Node resolves the imports of an ES module that was required without asking Yarn's module loader.
# Output seen on Node 20.20.2: "import: function", then "require: ERR_MODULE_NOT_FOUND Cannot find package 'yocto-queue'".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tools" "$folder/app"

cd "$folder/tools"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund @yarnpkg/cli-dist@4.10.3
YARN_NPM_REGISTRY_SERVER=$(npm config get registry)
export YARN_NPM_REGISTRY_SERVER YARN_UNSAFE_HTTP_WHITELIST='*' YARN_ENABLE_TELEMETRY=0 YARN_ENABLE_GLOBAL_CACHE=0 YARN_ENABLE_IMMUTABLE_INSTALLS=0
yarn() { node "$folder/tools/node_modules/@yarnpkg/cli-dist/bin/yarn.js" "$@"; }

cd "$folder/app"
echo '{ "name": "app", "private": true, "dependencies": { "p-limit": "6.2.0" } }' >package.json
touch yarn.lock
yarn install >/dev/null

cat >import.mjs <<'JS'
const { default: limit } = await import('p-limit')
console.log('import:', typeof limit)
JS
cat >require.cjs <<'JS'
try {
  console.log('require:', typeof require('p-limit').default)
} catch (error) {
  console.log('require:', error.code, error.message.split(' imported from ')[0])
}
JS

seen=$(yarn node import.mjs 2>/dev/null; yarn node require.cjs 2>/dev/null)
echo "Node $(node --version)"
echo "$seen"
expected="import: function
require: ERR_MODULE_NOT_FOUND Cannot find package 'yocto-queue'"
[ "$seen" = "$expected" ] || { echo "expected: $expected" >&2; exit 1; }
