// Which layers a refused credential is news to.

import { expect, test } from '@jest/globals';
import { createKeyring } from '../../../src/index.ts';
import { cachedWorld, HOUR } from '../fakes/cached-world.ts';
import { PATH, worldOf } from '../fakes/helper-world.ts';
import { auth, secretOf, userNames } from '../fakes/keyring-inputs.ts';
import { serviceAccountWorld, POD } from '../fakes/service-account-world.ts';

test('the helper of a configuration file that gave it is asked again', async () => {
  let logins = 0;
  const documents = { [PATH]: { credHelpers: { 'r.test': 'desktop', 's.test': 'desktop' } } };
  const { keyring, asked, users } = worldOf(documents, ({ stdin }) => {
    logins += 1;
    return { stdout: JSON.stringify({ ServerURL: stdin, Username: 'u', Secret: `${logins}` }) };
  });
  const refused = await keyring.lookup('r.test/a');
  await users('s.test/a');
  const found = await keyring.lookup('r.test/b', { refused });
  expect(found.map(({ password }) => password)).toEqual(['3']);
  await keyring.lookup('s.test/a', { refused });
  expect(asked()).toEqual(['desktop r.test', 'desktop s.test', 'desktop r.test']);
});

test('one of a pull secret, or of a file, changes nothing', async () => {
  const { keyring, source, token } = cachedWorld({ lifeMs: HOUR });
  await token();
  const tenant = keyring.withPullSecrets([secretOf('s', { 'r.test': 'tenant' })]);
  const [refused] = await tenant.lookup('r.test/a');
  const again = await tenant.lookup('r.test/a', { refused: refused && [refused] });
  expect(again.map(({ password }) => password)).toEqual(['p', 'token-1']);
  expect(source.requests).toHaveLength(1);

  const document = { auths: { 'r.test': { auth: auth('file') } }, credsStore: 'desktop' };
  const { keyring: ofFile, asked } = worldOf({ [PATH]: document }, { 'desktop r.test': 'helper' });
  const found = await ofFile.lookup('r.test/a');
  expect(userNames(found)).toEqual(['helper', 'file']);
  await ofFile.lookup('r.test/a', { refused: found.slice(1) });
  expect(asked()).toEqual(['desktop r.test']);
});

test('a keyring without either has the same answer', async () => {
  const keyring = createKeyring({
    dockerConfig: false,
    providers: [],
    pullSecrets: [secretOf('s', { 'r.test': 'u' })],
  });
  const refused = await keyring.lookup('r.test/a');
  expect(await keyring.lookup('r.test/a', { refused })).toEqual(refused);
});

test('no refusals are as none said', async () => {
  const { keyring, source } = cachedWorld({ lifeMs: HOUR });
  await keyring.lookup('r.test/a');
  expect(await keyring.lookup('r.test/a', { refused: [] })).toMatchObject([
    { password: 'token-1' },
  ]);
  expect(source.requests).toHaveLength(1);
});

test('a provider is asked again on behalf of the service account that was refused', async () => {
  const { keyring, requests, passwords } = serviceAccountWorld({}, ({ namespace }) => ({
    uid: `uid-in-${namespace}`,
  }));
  const elsewhere = { ...POD, namespace: 'elsewhere' };
  const refused = await keyring.lookup('r.test/a', { pod: POD });
  expect(await passwords(elsewhere)).toEqual(['password-2']);
  const [found] = await keyring.lookup('r.test/a', { pod: POD, refused });
  expect(found?.password).toBe('password-3');
  await keyring.lookup('r.test/a', { pod: elsewhere, refused });
  expect(requests).toHaveLength(3);
});
