// One process of a fleet: looks up what its parent asks for. fleet.test.ts bundles it, so that any Node.js runs it.

import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { createKeyring, type CredentialProvider } from '../../../src/index.ts';

/** What the parent sends, and what it gets back. */
export interface Asked {
  readonly id: number;
  readonly image: string;
}
export type Answered =
  | { readonly id: number; readonly passwords: readonly string[] }
  | { readonly id: number; readonly error: string };

const { REDIS_URL = '', UPSTREAM_URL = '', STORE_KEYS = '', STORE_FORM = '' } = process.env;

interface Token {
  readonly password: string;
  readonly expiresAtMs: number;
}

const provider: CredentialProvider = {
  name: 'counted',
  matchImages: ['*.example.com'],
  cacheScope: registryOf,
  async provide({ image, signal }) {
    const registry = registryOf(image);
    const url = `${UPSTREAM_URL}/${registry}?pid=${process.pid}`;
    const { password, expiresAtMs } = (await (await fetch(url, { signal })).json()) as Token;
    return {
      auth: { [registry]: { username: 'user', password } },
      cacheKeyType: 'Registry',
      expiresAt: new Date(expiresAtMs),
    };
  },
};

const adapter = new KeyvRedis(REDIS_URL);
const store = STORE_FORM === 'adapter' ? adapter : new Keyv(adapter);
store.on('error', () => {});

const keyring = createKeyring({
  dockerConfig: false,
  providers: [provider],
  sharedCache: { store, keys: STORE_KEYS.split(',') },
});

process.on('message', (asked: Asked) => {
  void answer(asked).then((answered) => process.send?.(answered));
});
process.send?.('ready');

async function answer({ id, image }: Asked): Promise<Answered> {
  try {
    const credentials = await keyring.lookup(image);
    const passwords = credentials.map(({ password }) => password);
    return { id, passwords };
  } catch (error) {
    return { id, error: String(error) };
  }
}

function registryOf(image: string): string {
  return image.slice(0, image.indexOf('/'));
}
