// A process that does as it is told, line by line, until it is killed: logs in with docker-credential-keyring's store, or
// asks for a registry's token as a plugin's start would. For locks.test.ts, which starts many of them once.

import { createInterface } from 'node:readline';
import { createKeyring, type CredentialProvider } from '../../../src/index.ts';
import { createFileStore } from '../../../src/serve/helper/file-store.ts';
import { openTokenFileCache } from '../../../src/shared-cache/token-file/open-token-file-cache.ts';
import { nodeSystem } from '../../../src/system/node-system.ts';

/** To log in. */
interface Login {
  readonly kind: 'login';
  readonly path: string;
  readonly server: string;
}

/** To ask for a registry's token. */
export interface Ask {
  readonly kind: 'ask';
  readonly directory: string;
  readonly url: string;
  readonly registry: string;
}

/** What it is told. */
export type Order = Login | Ask;

/** What it says when that is done. */
export interface Done {
  /** That it was stored, or the password that it got. */
  readonly result?: string | undefined;
  readonly failure?: string;
  readonly problems: readonly string[];
}

async function login({ path, server }: Login): Promise<Done> {
  const store = createFileStore(path, nodeSystem);
  await store.store({ server, username: 'ada', secret: `secret of ${server}` });
  return { result: 'stored', problems: [] };
}

async function ask({ directory, url, registry }: Ask): Promise<Done> {
  const problems: string[] = [];
  const onProblem = (message: string): void => void problems.push(message);
  const provider: CredentialProvider = {
    name: 'counted',
    matchImages: ['*.example.com'],
    cacheScope: () => registry,
    async provide({ signal }) {
      const answer = await fetch(`${url}/${registry}?pid=${process.pid}`, { signal });
      const token = (await answer.json()) as { password: string; expiresAtMs: number };
      return {
        auth: { [registry]: { username: 'user', password: token.password } },
        cacheKeyType: 'Registry',
        expiresAt: new Date(token.expiresAtMs),
      };
    },
  };
  const cache = await openTokenFileCache({ directory, onProblem });
  await using keyring = createKeyring({
    sharedCache: cache,
    dockerConfig: false,
    providers: [provider],
  });
  const [credential] = await keyring.lookup(`${registry}/app:1`);
  return { result: credential?.password, problems };
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order;
  const work = order.kind === 'login' ? login(order) : ask(order);
  const done = await work.catch((error: unknown): Done => ({
    failure: (error as Error).message,
    problems: [],
  }));
  process.stdout.write(`${JSON.stringify(done)}\n`);
}
