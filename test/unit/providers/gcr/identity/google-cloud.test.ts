import { describe, expect, test } from '@jest/globals';
import { createCloudDetector } from '../../../../../src/providers/gcr/identity/google-cloud.ts';
import { GCE_FIRMWARE, googleSystem } from '../world.ts';

const FIRMWARE = '/sys/class/dmi/id/product_name';
const GOOGLE = { headers: { 'metadata-flavor': 'Google' } };
const signal = new AbortController().signal;
const mayProbe = true;

describe('Whether this is Google Cloud', () => {
  test.each(['Google', 'Google Compute Engine\n'])('the firmware says by %j', async (name) => {
    const system = googleSystem({ files: { [FIRMWARE]: name } });
    const detection = await createCloudDetector(system)({ mayProbe, signal });
    expect(detection).toEqual({ isGoogleCloud: true, how: `${FIRMWARE} says so` });
    expect(system.requests).toEqual([]);
  });

  test('one request tells, when the firmware does not', async () => {
    const system = googleSystem({ files: { [FIRMWARE]: 'HVM domU' }, http: () => GOOGLE });
    const detect = createCloudDetector(system);
    const all = await Promise.all([detect({ mayProbe, signal }), detect({ mayProbe, signal })]);
    expect(all[0]).toEqual({
      isGoogleCloud: true,
      how: 'the metadata server http://metadata.google.internal. answers',
    });
    system.advance(24 * 60 * 60_000);
    await detect({ mayProbe, signal });
    expect(system.requests).toMatchObject([
      {
        url: 'http://metadata.google.internal./',
        headers: { 'Metadata-Flavor': 'Google' },
        timeoutMs: 1000,
        proxy: 'never',
      },
    ]);
  });

  test.each([
    ['nobody', undefined, 'no metadata server answers at http://metadata.google.internal.'],
    [
      'somebody else',
      () => ({ status: 200, body: 'Welcome' }),
      "what answers at http://metadata.google.internal. is not Google's metadata server",
    ],
  ])('is denied for five minutes when %s answers', async (_who, http, how) => {
    const system = googleSystem(http === undefined ? {} : { http });
    const detect = createCloudDetector(system);
    expect(await detect({ mayProbe, signal })).toEqual({ isGoogleCloud: false, how });
    system.advance(5 * 60_000 - 1);
    await detect({ mayProbe, signal });
    expect(system.requests).toHaveLength(1);
    system.advance(1);
    await detect({ mayProbe, signal });
    expect(system.requests).toHaveLength(2);
  });

  test('is not asked over the network where that is not wanted', async () => {
    const system = googleSystem({ http: () => GOOGLE });
    const detection = await createCloudDetector(system)({ mayProbe: false, signal });
    expect(detection.isGoogleCloud).toBe(false);
    expect(system.requests).toEqual([]);
  });

  test.each([
    ['none', { METADATA_SERVER_DETECTION: 'none', GCE_METADATA_HOST: 'x' }, false, 0],
    ['assume-present', { METADATA_SERVER_DETECTION: ' Assume-Present ' }, true, 0],
    ['GCE_METADATA_HOST is set', { GCE_METADATA_HOST: 'x' }, true, 0],
    ['product_name says so', { METADATA_SERVER_DETECTION: 'bios-only' }, true, 0],
    ['the metadata server', { METADATA_SERVER_DETECTION: 'ping-only' }, true, 1],
  ])('follows what Google reads of the environment: %s', async (how, env, expected, requests) => {
    const system = googleSystem({ env, files: GCE_FIRMWARE, http: () => GOOGLE });
    const detection = await createCloudDetector(system)({ mayProbe, signal });
    expect(detection.isGoogleCloud).toBe(expected);
    expect(detection.how).toContain(how);
    expect(system.requests).toHaveLength(requests);
  });

  test('is denied by the firmware alone, if the environment says so', async () => {
    const env = { METADATA_SERVER_DETECTION: 'bios-only' };
    const system = googleSystem({ env, http: () => GOOGLE });
    const detection = await createCloudDetector(system)({ mayProbe, signal });
    expect(detection).toEqual({ isGoogleCloud: false, how: `${FIRMWARE} does not say so` });
  });

  test('cannot be said with a variable that has a wrong value', async () => {
    const system = googleSystem({ env: { METADATA_SERVER_DETECTION: 'maybe' } });
    const detection = createCloudDetector(system)({ mayProbe, signal });
    await expect(detection).rejects.toThrow(
      'METADATA_SERVER_DETECTION must be one of assume-present, none, bios-only, ping-only',
    );
  });

  test('is found out without firmware that can be read, unless the caller gives up', async () => {
    const system = googleSystem({ http: () => GOOGLE });
    system.breakFile(FIRMWARE, new Error('EACCES'));
    const detect = createCloudDetector(system);
    expect(await detect({ mayProbe, signal })).toMatchObject({ isGoogleCloud: true });
    const gone = AbortSignal.abort(new Error('enough'));
    await expect(detect({ mayProbe, signal: gone })).rejects.toThrow('enough');
  });
});
