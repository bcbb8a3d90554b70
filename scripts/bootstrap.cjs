/**
 * What `npm start`, `npm test`, `npm run bench` and `npm run build` run first, in any clone and on any Node.js from 18
 * on: installs what is missing, then hands over to the project's own Node.js. Once installed it needs no network.
 */
'use strict'

const TARGETS = {
  start: ['bin/llm-gateway.js', 'server', 'start'],
  test: ['scripts/test.ts'],
  bench: ['bench/main.ts'],
  build: ['scripts/build.ts'],
}
const OLDEST_NODE = 18

// before anything is required: `node:` names are unknown to old versions
if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  console.error(
    `Installing this project needs Node.js ${OLDEST_NODE} or newer (it then brings its own Node.js); this is ${process.versions.node}.\n` +
      'Get a current one from https://nodejs.org/en/download and run the command again.',
  )
  process.exit(1)
}

const path = require('node:path')
const runNode = require('../bin/run-node.cjs')
const { ensureInstalled } = require('./install.cjs')

const root = path.join(__dirname, '..')
const target = TARGETS[process.argv[2]]
if (target === undefined) {
  console.error(`usage: node scripts/bootstrap.cjs ${Object.keys(TARGETS).join('|')} [arguments]`)
  process.exit(2)
}

ensureInstalled(root).then(
  (node) => runNode(node, [...target, ...process.argv.slice(3)], { cwd: root }),
  (error) => {
    console.error(`\n${error.message}`)
    process.exit(1)
  },
)
