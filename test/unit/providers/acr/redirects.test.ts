// A token of Entra ID, and what it was made of, goes to the server that it is for, and not to where that one sends it.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ProviderFailure } from '../../../../src/providers/asking/provider-failure.ts';
import { SERVICE_PRINCIPAL } from './azure-world.ts';
import { HOST, startLab, type Lab } from './lab.ts';

const EVIL = 'evil.example.com';
const isPost = ({ method }: { readonly method: string }): boolean => method === 'POST';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
}, 60_000);
afterEach(() => {
  lab.entra.clearFaults();
  lab.registry.clearFaults();
});
afterAll(() => lab.close());

/** The hosts that are asked for a credential, which fails. */
async function askedHosts(): Promise<readonly string[]> {
  const system = lab.world();
  await expect(lab.give({ identity: SERVICE_PRINCIPAL }, { system })).rejects.toThrow(
    ProviderFailure,
  );
  return system.requests.map(({ url }) => new URL(url).host);
}

describe.each([302, 307, 308])('With %i, a redirect to another host is not followed', (status) => {
  const reply = { status, headers: { location: `https://${EVIL}/oauth2/exchange` } };

  test('by the token, at the exchange', async () => {
    lab.registry.inject({ kind: 'reply', reply }, { when: isPost });
    const hosts = await askedHosts();
    expect(hosts).toContain(HOST);
    expect(hosts).not.toContain(EVIL);
  });

  test('by the secret, where identities log in', async () => {
    lab.entra.inject({ kind: 'reply', reply }, { when: isPost });
    const hosts = await askedHosts();
    expect(hosts).toContain('login.microsoftonline.com');
    expect(hosts).not.toContain(EVIL);
  });
});
