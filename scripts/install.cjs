/** Installs the dependencies and the project's own Node.js when they are missing or out of date. Runs on Node.js 18. */
'use strict'

const { spawn, spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')

/** Written after a good install; holds the hash of the lockfile that was installed and the Node.js to run with. */
const STAMP = 'node_modules/.llm-gateway-installed'
const HEARTBEAT_MS = 15_000
const OLDEST_NPM = 7 // the first that reads our lockfile's version
const OLDEST_OWN_NODE = [22, 19] // `engines` in package.json: good enough where the pinned one cannot run

/** Clone to the path of the Node.js to run it with. Touches neither npm nor the network if all is in place. */
async function ensureInstalled(root) {
  const lockfile = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')
  const version = JSON.parse(lockfile).packages['node_modules/node'].version
  const stamp = { lockfile: createHash('sha256').update(lockfile).digest('hex'), node: version }
  const pinned = pinnedNode(root)
  if (isStamped(root, stamp) && fs.existsSync(pinned)) return pinned

  if (!hasAllPackages(root, JSON.parse(lockfile).packages)) await installPackages(root)
  if (versionOf(pinned) !== version) await fetchPinnedNode(root, version)
  if (versionOf(pinned) !== version) return ownNodeInsteadOf(version)
  writeStamp(root, stamp)
  await warmUp(root, pinned)
  return pinned
}

/** A second of work now, so that the first start is as quick and as small as every later one. Nothing depends on it. */
async function warmUp(root, node) {
  const script = path.join(root, 'scripts', 'warm-up.ts')
  if (fs.existsSync(script)) await run({ command: node, args: [script] }, [], root)
}

function pinnedNode(root) {
  return path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

function isStamped(root, stamp) {
  try {
    return fs.readFileSync(path.join(root, STAMP), 'utf8') === JSON.stringify(stamp)
  } catch {
    return false
  }
}

function writeStamp(root, stamp) {
  try {
    fs.writeFileSync(path.join(root, STAMP), JSON.stringify(stamp))
  } catch {
    // somebody else's clone that we may only read: the check is repeated at every start, nothing worse
  }
}

/** Compares what npm says it has installed with the lockfile, so that a plain `npm ci` by hand counts as well. */
function hasAllPackages(root, wanted) {
  let installed
  try {
    installed = JSON.parse(
      fs.readFileSync(path.join(root, 'node_modules/.package-lock.json'), 'utf8'),
    ).packages
  } catch {
    return false
  }
  return Object.keys(wanted).every((place) => {
    if (place === '' || wanted[place].optional) return true
    const isSame = installed[place] !== undefined && installed[place].version === wanted[place].version
    return isSame && fs.existsSync(path.join(root, place, 'package.json'))
  })
}

/**
 * No dependency needs its install script but `node`, and that one we run ourselves: the same with every version of
 * npm and with `ignore-scripts` set, and no other package's code runs during the install.
 */
async function installPackages(root) {
  const npm = findNpm()
  const options = ['--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  say('Installing dependencies with npm, once: usually less than a minute, longer on a slow connection.')
  if ((await run(npm, ['ci', ...options], root)) === 0) return
  say('`npm ci` did not succeed; trying `npm install`.')
  if ((await run(npm, ['install', ...options], root)) === 0) return
  throw new Error(
    'The dependencies could not be installed; the reason is above.\n' +
      'This first run needs a network connection to an npm registry. Behind a proxy or with a mirror, set it for npm\n' +
      '(`npm config set proxy …`, `npm config set registry …`) and run the same command again.',
  )
}

async function fetchPinnedNode(root, version) {
  const folder = path.join(root, 'node_modules', 'node')
  say(`Fetching Node.js ${version} for this project, once: about 50 MB. The machine's own stays as it is.`)
  const script = { command: process.execPath, args: ['installArchSpecificPackage.js'] }
  await run(script, [], folder)
  linkPinnedNode(root)
}

/** npm links only what was there when it installed. With the link, `npm run lint` and the like use this version too. */
function linkPinnedNode(root) {
  if (process.platform === 'win32') return
  const link = path.join(root, 'node_modules', '.bin', 'node')
  fs.mkdirSync(path.dirname(link), { recursive: true })
  fs.rmSync(link, { force: true })
  fs.symlinkSync(path.join('..', 'node', 'bin', 'node'), link)
}

function ownNodeInsteadOf(version) {
  const own = process.versions.node.split('.').map(Number)
  const [major, minor] = OLDEST_OWN_NODE
  if (own[0] > major || (own[0] === major && own[1] >= minor)) {
    say(`Node.js ${version} from npm does not run on this machine; using its own ${process.versions.node}.`)
    return process.execPath
  }
  throw new Error(
    `Node.js ${version} could not be fetched from npm, or does not run on this machine, and the machine's own\n` +
      `(${process.versions.node}) is too old. Either run \`node installArchSpecificPackage.js\` in node_modules/node to see why,\n` +
      `or install Node.js ${OLDEST_OWN_NODE.join('.')} or newer (https://nodejs.org/en/download), and run the same command again.`,
  )
}

/** The npm that started us, run by the Node.js that ran it; else the one on the PATH. */
function findNpm() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env
  const isNpm = script !== undefined && /^npm(-cli)?\.c?js$/.test(path.basename(script))
  const npm = isNpm
    ? { command: node || process.execPath, args: [script] }
    : { command: 'npm', args: [], shell: process.platform === 'win32' }
  const { status, stdout } = spawnSync(npm.command, [...npm.args, '--version'], {
    encoding: 'utf8',
    shell: npm.shell,
  })
  if (status !== 0)
    throw new Error('npm was not found. It comes with Node.js: https://nodejs.org/en/download')
  if (Number(stdout.trim().split('.')[0]) >= OLDEST_NPM) return npm
  throw new Error(
    `npm ${OLDEST_NPM} or newer is needed; this is ${stdout.trim()}. \`npm install --global npm@latest\` gets it.`,
  )
}

/** Command to its exit code. Output goes straight through; where there is no terminal, a line shows that it goes on. */
function run({ command, args, shell }, more, cwd) {
  return new Promise((resolve) => {
    const startedMs = Date.now()
    const child = spawn(command, [...args, ...more], { cwd, shell, stdio: 'inherit', env: environment() })
    const beat = () => say(`… still working (${Math.round((Date.now() - startedMs) / 1000)} s)`)
    const heartbeat = process.stderr.isTTY ? undefined : setInterval(beat, HEARTBEAT_MS)
    const finish = (code) => {
      clearInterval(heartbeat)
      resolve(code)
    }
    child.on('error', () => finish(1))
    child.on('exit', finish)
  })
}

/** Without our own node_modules on the PATH: the `node` in there is what is being replaced. */
function environment() {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') || 'PATH'
  const folders = (process.env[key] || '').split(path.delimiter)
  const outside = folders.filter((folder) => !/node_modules[\\/]\.bin$/.test(folder))
  return { ...process.env, [key]: outside.join(path.delimiter) }
}

function versionOf(node) {
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim().replace(/^v/, '') : undefined
}

/** To stderr: stdout belongs to whatever runs afterwards. */
function say(message) {
  process.stderr.write(`${message}\n`)
}

module.exports = { ensureInstalled }
