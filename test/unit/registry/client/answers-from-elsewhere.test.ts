// What a server says that the registry sent us to: it is about nobody's credentials.

import { describe, expect, test } from '@jest/globals';
import { registryFetch, verifyImages } from '../../../../src/registry/index.ts';
import { fakeRegistry, rejection, type FakeRegistry } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const BLOB = 'https://r.test/v2/team/app/blobs/sha256:1';

/** One that sends everybody who may pull to another server, which answers with a status. */
function worldWith(status: number): FakeRegistry {
  const world = fakeRegistry();
  world.inject(
    /(?:manifests|blobs).* token-/,
    [{ status: 307, headers: { location: AWAY } }],
    true,
  );
  world.inject(/away\.test/, [{ status, body: 'signature expired' }], true);
  return world;
}

const AWAY = 'https://away.test/x';

describe.each([401, 403])('An answer of %i from elsewhere', (status) => {
  test('is given by a fetch as it is', async () => {
    const world = worldWith(status);
    const { system } = world;
    const fetch = registryFetch(world.keyring('u:p', 'v:q'), { system, retries: 0 });
    const response = await fetch(BLOB);
    expect([response.status, await response.text()]).toEqual([status, 'signature expired']);
    expect(world.asked().filter((line) => line.includes('v:q'))).toEqual([]);
  });

  test('is no refusal of a credential', async () => {
    const world = worldWith(status);
    expect(await rejection(world.authorize(IMAGE, world.keyring('u:p', 'v:q')))).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      status,
    });
  });

  test('lets an image be unreachable, and not refused', async () => {
    const world = worldWith(status);
    const { system } = world;
    const report = await verifyImages([IMAGE], world.keyring('u:p'), { system, retries: 0 });
    expect(report.images).toMatchObject([
      { status: 'unreachable', candidates: [{ outcome: 'failed' }] },
    ]);
  });
});

test('An answer of 404 from elsewhere says that there is no such image', async () => {
  const world = worldWith(404);
  const { system } = world;
  const report = await verifyImages([IMAGE], world.keyring('u:p'), { system, retries: 0 });
  expect(report.images).toMatchObject([{ status: 'not-found' }]);
});

test('An answer of the registry itself behind a redirect is about credentials', async () => {
  const world = fakeRegistry();
  const location = '/v2/team/app/manifests/other';
  world.inject(/manifests\/1 /, [{ status: 307, headers: { location } }], true);
  world.inject(/other/, [{ status: 403 }], true);
  expect(await rejection(world.authorize(IMAGE, world.keyring('u:p')))).toMatchObject({
    code: 'ERR_KEYRING_REGISTRY_AUTH',
    status: 403,
  });
});
