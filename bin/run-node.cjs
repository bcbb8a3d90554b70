/** Runs another Node.js in place of this process. Old syntax: it must run on whatever Node.js the machine has. */
'use strict'

const { spawn } = require('child_process')
const { constants } = require('os')

const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const PARENT_CHECK_MS = 250

/** Starts `node ...args` with our stdio, passes signals on, and ends with its exit code (128 + n after signal n). */
module.exports = function runNode(node, args, options) {
  const child = spawn(node, args, Object.assign({ stdio: 'inherit' }, options))
  for (const signal of FORWARDED_SIGNALS) {
    process.on(signal, () => {
      // Ctrl-C in a terminal reaches every process of the group: a second copy would look like a second Ctrl-C
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    })
  }
  if (process.env.npm_lifecycle_event !== undefined) endWithParent(child)
  child.on('error', (error) => {
    console.error(`Cannot run ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]))
}

/** Between npm and us there is a shell that dies of a signal without passing it on: the gateway would be left behind. */
function endWithParent(child) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    child.kill('SIGTERM')
  }, PARENT_CHECK_MS)
  timer.unref()
}
