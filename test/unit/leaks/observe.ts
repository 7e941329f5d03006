// Everything that a keyring lets out except by the functions that give secrets, as texts.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { createKeyring, type KeyringOptions, type LookupContext } from '../../../src/index.ts';
import { EVERYTHING, shown } from './shown.ts';

/** Asks a keyring for images in every way, and gives all that it says, errors included. */
export async function observeKeyring(
  options: KeyringOptions,
  images: readonly string[],
  context: LookupContext = {},
): Promise<string[]> {
  const said: string[] = [];
  const hear = (event: unknown): void => void said.push(...shown(event));
  subscribe('docker-keyring', hear);
  try {
    const heard = { onProblem: hear, ...options };
    await observe(heard, { images, context }, hear);
  } finally {
    unsubscribe('docker-keyring', hear);
  }
  return said;
}

async function observe(
  options: KeyringOptions,
  { images, context }: { images: readonly string[]; context: LookupContext },
  hear: (value: unknown) => void,
): Promise<void> {
  const keyring = createKeyring(options);
  const attempts = [
    ...images.map((image) => keyring.lookup(image, context)),
    ...images.map((image) => keyring.explain(image, context)),
    keyring.toDockerConfig().then((document) => inspect(document, EVERYTHING)),
  ];
  for (const result of await Promise.allSettled(attempts)) {
    hear(result.status === 'fulfilled' ? result.value : result.reason);
  }
  hear(keyring);
}
