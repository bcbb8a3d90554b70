/** Where compiled code is kept between starts. Old syntax: `llm-gateway.js` loads it on any Node.js. */
'use strict'

/** Below the user's own folder: compiled code from a folder that others can write to would be theirs, not ours. */
exports.compileCacheFolder = () => {
  const { XDG_CACHE_HOME, HOME, LOCALAPPDATA } = process.env
  const base = XDG_CACHE_HOME || LOCALAPPDATA || (HOME && `${HOME}/.cache`)
  return base ? `${base}/llm-gateway` : undefined
}
