// What decides whose tokens a cloud gives: variables of the environment and contents of files, as texts that are compared
// and never shown. To make a new provider's answers shareable: its `cachePrincipal`, made of these.
// Must not be imported here: providers.

import { isRecord } from '../../util/is-record.ts';
import { parseJson } from '../../util/parse-json.ts';
import { sha256 } from '../../system/sha256.ts';
import type { FileContent, System } from '../../system/system.ts';

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

/** Variables of the environment, in the order of their names. */
export function variablesOf(
  system: Pick<System, 'env' | 'variableNames'>,
  isWanted: (name: string) => boolean,
): readonly (readonly [name: string, value: string])[] {
  const names = system.variableNames().filter(isWanted).toSorted();
  return names.map((name) => [name, String(system.env(name))]);
}

/** Each file is read once. */
export interface IdentityFiles {
  /** A text file; `''` where it cannot be read. `all` distinguishes the two. */
  text(path: string | undefined): Promise<string>;
  /** Files with what they hold; a path that is given twice counts once. */
  all(
    paths: readonly (string | undefined)[],
  ): Promise<readonly (readonly [path: string, content: string])[]>;
}

/** Makes a reader of such files. */
export function identityFiles(system: Pick<System, 'readFile' | 'stat'>): IdentityFiles {
  const reads = new Map<string, Promise<FileContent | undefined>>();

  function read(path: string): Promise<FileContent | undefined> {
    const reading = reads.get(path) ?? system.readFile(path, { maxBytes: MAX_BYTES });
    reads.set(path, reading);
    return reading;
  }

  async function contentOf(path: string): Promise<string> {
    try {
      const content = await read(path);
      if (content === undefined) return 'missing';
      const text = textOf(content);
      return ownerOfToken(text) ?? sha256(text);
    } catch (error) {
      const stamp = await system.stat(path).catch(() => undefined);
      return JSON.stringify([(error as NodeJS.ErrnoException).code, stamp?.size, stamp?.mtimeMs]);
    }
  }

  return {
    async text(path) {
      if (path === undefined || path === '') return '';
      const content = await read(path).catch(() => undefined);
      return content === undefined ? '' : textOf(content);
    },
    all(paths) {
      const named = new Set(paths.flatMap((path) => (path ? [path] : [])));
      return Promise.all([...named].map(async (path) => [path, await contentOf(path)] as const));
    },
  };
}

/** Latin-1, so that no two files have the same text. */
function textOf({ bytes }: FileContent): string {
  return Buffer.from(bytes).toString('latin1');
}

/** The service account of a token: Kubernetes writes a new token into the file every hour, for the same account. */
function ownerOfToken(text: string): string | undefined {
  const [, payload, signature, ...rest] = text.trim().split('.');
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!isRecord(claims)) return undefined;
  const { iss, sub, aud } = claims;
  if (typeof iss !== 'string' || typeof sub !== 'string') return undefined;
  return JSON.stringify(['token', iss, sub, aud]);
}
