// Everything that a keyring lets out except by the ways out, as texts.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { createKeyring, type KeyringOptions } from '../../../src/index.ts';

/** Asks a keyring for images in every way, and gives all that it says, errors included. */
export async function observeKeyring(
  options: KeyringOptions,
  images: readonly string[],
): Promise<string[]> {
  const said: string[] = [];
  const hear = (event: unknown): void => void said.push(...shown(event));
  subscribe('docker-keyring', hear);
  try {
    await observe({ onProblem: hear, onProviderError: hear, ...options }, images, hear);
  } finally {
    unsubscribe('docker-keyring', hear);
  }
  return said;
}

async function observe(
  options: KeyringOptions,
  images: readonly string[],
  hear: (value: unknown) => void,
): Promise<void> {
  const keyring = createKeyring(options);
  const attempts = [
    ...images.map((image) => keyring.lookup(image)),
    ...images.map((image) => keyring.explain(image)),
    keyring.toDockerConfig().then((document) => inspect(document, EVERYTHING)),
  ];
  for (const result of await Promise.allSettled(attempts)) {
    hear(result.status === 'fulfilled' ? result.value : result.reason);
  }
  hear(keyring);
}

const EVERYTHING = {
  showHidden: true,
  depth: Infinity,
  maxStringLength: null,
  maxArrayLength: null,
};

/** Every text that a value turns into when it is printed, logged or serialised. */
export function shown(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return [
    inspect(value),
    inspect(value, EVERYTHING),
    inspect(value, { ...EVERYTHING, customInspect: false }),
    JSON.stringify(value) ?? '',
    String(value),
    ...(value instanceof Error ? [value.message, value.stack ?? '', ...shown(value.cause)] : []),
  ];
}
