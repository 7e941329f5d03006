import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../../src/create-keyring/create-keyring.ts';
import { gcr } from '../../../../src/providers/gcr/gcr.ts';
import { startFakeGceMetadata } from '../../../../src/testing/google/fake-gce-metadata.ts';
import { ACCOUNT_PATH, GCE_FIRMWARE, googleSystem, METADATA, pathsOn } from './world.ts';

const REGISTRIES = ['gcr.io', 'eu.gcr.io', 'us-docker.pkg.dev', 'docker.us-east1.rep.pkg.dev'];

describe('A keyring with gcr()', () => {
  test("makes one call for any number of lookups of Google's registries, and gives each the token", async () => {
    await using metadata = await startFakeGceMetadata({ now: () => Date.UTC(2026, 0, 1) });
    const routes = { [METADATA]: metadata.url };
    const system = googleSystem({ routes, files: GCE_FIRMWARE });
    const provider = gcr({ system, hosts: ['mirror.example.com'] });
    const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
    const images = [...REGISTRIES, 'mirror.example.com'].flatMap((registry) =>
      Array.from({ length: 100 }, (_, index) => `${registry}/acme/app-${index}`),
    );
    const found = await Promise.all(images.map((image) => keyring.lookup(image)));
    const token = metadata.tokens[0]?.token;
    expect(found.every((all) => all.length === 1 && all[0]?.password === token)).toBe(true);
    const asked = pathsOn(system, METADATA).filter((path) => path.endsWith('/token'));
    expect(asked).toEqual([`${ACCOUNT_PATH}/token`]);
    await keyring.close();
  });

  test('touches nothing for other images', async () => {
    const system = googleSystem();
    const keyring = createKeyring({ system, dockerConfig: false, providers: [gcr({ system })] });
    expect(await keyring.lookup('quay.io/acme/app')).toEqual([]);
    expect([system.requests, system.touches]).toEqual([[], []]);
    await keyring.close();
  });

  test('gives no token to another registry, however wide its patterns are', async () => {
    await using metadata = await startFakeGceMetadata();
    const routes = { [METADATA]: metadata.url };
    const system = googleSystem({ routes, files: GCE_FIRMWARE });
    const provider = gcr({ system, matchImages: ['*.*', '*.*.*', '*.*.*.*'] });
    const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
    const images = ['gcr.io.evil.example/a', 'evilgcr.io/a', 'pkg.dev.evil.example/a', 'nginx'];
    const found = await Promise.all(images.map((image) => keyring.lookup(image)));
    expect(found).toEqual([[], [], [], []]);
    expect(metadata.tokens).toEqual([]);
    await keyring.close();
  });
});
