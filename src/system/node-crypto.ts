// Node's cryptography, loaded when it is first used: few programs hash or encrypt anything.

/** The module `node:crypto`. */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}
