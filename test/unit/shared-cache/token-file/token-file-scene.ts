// A token cache in memory, and what its tests have in common.

import {
  createTokenFileStore,
  type TokenFileStore,
  type TokenFileStoreOptions,
} from '../../../../src/shared-cache/token-file/token-file-store.ts';
import { fakeSystem, type FakeSystem } from '../../fakes/fake-system.ts';

export const DIRECTORY = '/cache';
export const KEY = 'docker-keyring:1:answer:abc_-D';
/** The directory of the key's versions. */
export const ENTRY = '/cache/docker-keyring.1.answer.abc_-D.entry';
/** A version of it. */
export const PATH: string = `${ENTRY}/version`;
export const HOUR_MS = 3_600_000;

/** A store in a world of its own. */
export interface Scene {
  readonly system: FakeSystem;
  readonly store: TokenFileStore;
  readonly problems: string[];
}

export function scene(options: Partial<TokenFileStoreOptions> = {}): Scene {
  const system = fakeSystem();
  const problems: string[] = [];
  const onProblem = (message: string): void => void problems.push(message);
  const store = createTokenFileStore({ directory: DIRECTORY, system, onProblem, ...options });
  return { system, store, problems };
}

/** The names in the directory. */
export async function names(system: FakeSystem): Promise<readonly string[]> {
  return (await system.readDirectory(DIRECTORY)).map(({ name }) => name).toSorted();
}

export function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export function entry(system: FakeSystem): string {
  return `docker-keyring-file:1 ${system.now() + HOUR_MS}\nvalue`;
}

export function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

export async function refuse(): Promise<never> {
  throw new Error('EPERM');
}

/** Makes one entry after the other, each a second younger. */
export async function fill(
  { system, store }: Scene,
  count: number,
  write: (key: string) => Promise<unknown> = (key) => store.set(key, 'value', HOUR_MS),
): Promise<void> {
  if (count === 0) return;
  await fill({ system, store, problems: [] }, count - 1, write);
  system.advance(1000);
  await write(`key:${count}`);
}
