// One start of a plugin: opens the token cache, looks one image up, prints what it got, and ends.
// token-file.test.ts bundles it, so that any Node.js runs it.

import { createKeyring, type CredentialProvider } from '../../../src/index.ts';
import { openTokenFileCache } from '../../../src/shared-cache/token-file/open-token-file-cache.ts';

/** What is printed. */
export interface Printed {
  readonly passwords: readonly string[];
  readonly problems: readonly string[];
}

interface Token {
  readonly password: string;
  readonly expiresAtMs: number;
}

process.stdout.write('started\n');
const { CACHE_DIRECTORY, UPSTREAM_URL = '', REGISTRY = '', PRINCIPAL } = process.env;

const provider: CredentialProvider = {
  name: 'counted',
  matchImages: ['*.example.com'],
  cacheScope: () => REGISTRY,
  async provide({ signal }) {
    const url = `${UPSTREAM_URL}/${REGISTRY}?pid=${process.pid}`;
    const { password, expiresAtMs } = (await (await fetch(url, { signal })).json()) as Token;
    return {
      auth: { [REGISTRY]: { username: 'user', password } },
      cacheKeyType: 'Registry',
      expiresAt: new Date(expiresAtMs),
    };
  },
};

const problems: string[] = [];
const cache = await openTokenFileCache({
  directory: CACHE_DIRECTORY,
  principal: PRINCIPAL,
  onProblem: (message) => problems.push(message),
});
const keyring = createKeyring({ sharedCache: cache, dockerConfig: false, providers: [provider] });
const credentials = await keyring.lookup(`${REGISTRY}/app:1`);
const printed: Printed = {
  passwords: credentials.map(({ password }) => password),
  problems,
};
process.stdout.write(`${JSON.stringify(printed)}\n`);
