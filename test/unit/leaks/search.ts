// Runs inputs through keyrings and looks for secrets in what comes out.

import type { KeyringOptions } from '../../../src/index.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { CANARIES, secretsIn, USER } from './canaries.ts';
import { observeKeyring } from './observe.ts';

/** Images that every entry of the documents here is for, and one that is none. */
export const IMAGES: readonly string[] = [
  'r.test/a',
  'p.test/a/b',
  'nginx',
  't.test/a',
  `https://${USER}:${CANARIES.password}@r.test/a`,
];

const PATH = '/c.json';

/** What leaked, with the input that made it leak. */
export interface Leak {
  readonly input: unknown;
  readonly fragments: readonly string[];
}

/** The secrets in what an input made the package say. */
export function leaksOf(input: unknown, texts: readonly string[]): Leak[] {
  const fragments = [...new Set([...new Set(texts)].flatMap(secretsIn))];
  return fragments.length === 0 ? [] : [{ input, fragments }];
}

/** The secrets in everything that a keyring says. */
export async function leaksOfKeyring(input: unknown, options: KeyringOptions): Promise<Leak[]> {
  const defaults = { system: fakeSystem(), dockerConfig: false } as const;
  return leaksOf(input, await observeKeyring({ ...defaults, ...options }, IMAGES));
}

/** Options of a keyring that has one file. */
export function fromFile(document: string, semantics: 'kubelet' | 'extended'): KeyringOptions {
  const system = fakeSystem({ files: { [PATH]: document } });
  return { system, semantics, dockerConfig: { files: [PATH] } };
}
