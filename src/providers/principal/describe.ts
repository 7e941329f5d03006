// What decides whose tokens a cloud would give, as texts that are compared and never shown: variables of the environment
// and contents of files. To make a new provider's answers shareable: its `cachePrincipal`, made of these.
// Must not be imported here: providers.

import { isRecord } from '../../config/is-record.ts';
import { parseJson } from '../../config/parse-json.ts';
import { sha256 } from '../../system/sha256.ts';
import type { FileContent, System } from '../../system/system.ts';

/** What describing asks of the world. */
export type PrincipalSystem = Pick<
  System,
  'env' | 'variableNames' | 'homeDirectory' | 'platform' | 'readFile' | 'stat'
>;

/** Files that decide it are smaller; of a larger one, a program, size and time are enough. */
const MAX_BYTES = 2 ** 20;

/** One text for many, from which none of them can be read. */
export function principalOf(parts: readonly unknown[]): string {
  return sha256(JSON.stringify(parts));
}

/** The variables of the environment whose names are wanted, in the order of their names. */
export function variablesOf(
  system: Pick<System, 'env' | 'variableNames'>,
  isWanted: (name: string) => boolean,
): readonly (readonly [name: string, value: string])[] {
  const names = system.variableNames().filter(isWanted).toSorted();
  return names.map((name) => [name, String(system.env(name))]);
}

/** Files with their contents; a name that is given twice counts once. */
export function filesOf(
  system: Pick<System, 'readFile' | 'stat'>,
  paths: readonly (string | undefined)[],
): Promise<readonly (readonly [path: string, content: string])[]> {
  const named = new Set(paths.filter((path) => path !== undefined && path !== ''));
  return Promise.all(
    [...(named as Set<string>)].map(async (path) => [path, await contentOf(system, path)] as const),
  );
}

/** A text file; `''` where it cannot be read, which `filesOf` tells apart. */
export async function textOfFile(
  system: Pick<System, 'readFile'>,
  path: string | undefined,
): Promise<string> {
  if (path === undefined || path === '') return '';
  const content = await system.readFile(path, { maxBytes: MAX_BYTES }).catch(() => undefined);
  return content === undefined ? '' : textOf(content);
}

async function contentOf(system: Pick<System, 'readFile' | 'stat'>, path: string): Promise<string> {
  try {
    const content = await system.readFile(path, { maxBytes: MAX_BYTES });
    if (content === undefined) return 'missing';
    const text = textOf(content);
    return ownerOfToken(text) ?? sha256(text);
  } catch (error) {
    const stamp = await system.stat(path).catch(() => undefined);
    return JSON.stringify([(error as NodeJS.ErrnoException).code, stamp?.size, stamp?.mtimeMs]);
  }
}

/** Latin-1, so that no two files have the same text. */
function textOf({ bytes }: FileContent): string {
  return Buffer.from(bytes).toString('latin1');
}

/** Whose a service account's token is: Kubernetes writes a new one into its file every hour, for the same account. */
function ownerOfToken(text: string): string | undefined {
  const [, payload, signature, ...rest] = text.trim().split('.');
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!isRecord(claims)) return undefined;
  const { iss, sub, aud } = claims;
  if (typeof iss !== 'string' || typeof sub !== 'string') return undefined;
  return JSON.stringify(['token', iss, sub, aud]);
}
