// Names of files and directories that are in nobody's way; what a killed process leaves of them is swept.

import type { System } from '../../system/system.ts';

/** A name beside a path that nobody else uses. */
export function temporaryPath(system: Pick<System, 'uniqueName'>, path: string): string {
  return `${path}.${system.uniqueName()}.tmp`;
}
