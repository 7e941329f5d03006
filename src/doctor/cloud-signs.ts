// Signs that this machine has to do with a cloud, as variables, files and the firmware show them: no request is made.

import { posix } from 'node:path';
import type { Cloud } from '../providers/catalog.ts';
import type { System } from '../system/system.ts';

export type SignSystem = Pick<System, 'env' | 'stat' | 'readFile' | 'homeDirectory'>;

const FIRMWARE = '/sys/class/dmi/id/';
const MAX_FIRMWARE_BYTES = 4096;

/** The signs of a cloud, each as a phrase. */
export async function cloudSigns(
  system: SignSystem,
  { variables, files, firmware }: Cloud,
): Promise<readonly string[]> {
  const isSet = (variable: string): boolean => (system.env(variable) ?? '') !== '';
  const [exist, match] = await Promise.all([
    Promise.all(files.map((file) => exists(system, file))),
    Promise.all(firmware.map(([file, content]) => firmwareMatches(system, file, content))),
  ]);
  return [
    ...variables.filter(isSet).map((variable) => `${variable} is set`),
    ...files.filter((_file, index) => exist[index]).map((file) => `there is ${file}`),
    ...(match.includes(true) ? ['the firmware says so'] : []),
  ];
}

async function exists(system: SignSystem, file: string): Promise<boolean> {
  const home = system.homeDirectory();
  if (home === '' && file.startsWith('~')) return false;
  const path = file.replace(/^~(?=\/)/, () => home);
  const stamp = await system.stat(posix.normalize(path)).catch(() => undefined);
  return stamp !== undefined;
}

async function firmwareMatches(
  system: SignSystem,
  file: string,
  content: RegExp,
): Promise<boolean> {
  const options = { maxBytes: MAX_FIRMWARE_BYTES };
  const read = await system.readFile(`${FIRMWARE}${file}`, options).catch(() => undefined);
  const text = Buffer.from(read?.bytes ?? []).toString('latin1');
  return content.test(text.trim());
}
