// Names of files that are in nobody's way; what a killed process leaves of them is swept.

import { nodeCrypto } from '../../system/node-crypto.ts';

/** A name beside a path that nobody else uses. */
export function temporaryPath(path: string): string {
  return `${path}.${nodeCrypto().randomUUID()}.tmp`;
}
