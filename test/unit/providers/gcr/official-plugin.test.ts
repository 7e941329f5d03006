import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { isRecord } from '../../../../src/util/is-record.ts';
import { matchesImage } from '../../../../src/keyring/match.ts';
import type { CredentialResponse } from '../../../../src/providers/contract.ts';
import type { GcrOptions } from '../../../../src/providers/gcr/gcr-options.ts';
import { gcr } from '../../../../src/providers/gcr/gcr.ts';
import { startFakeGceMetadata } from '../../../../src/testing/google/fake-gce-metadata.ts';
import { startFakeGoogleSts } from '../../../../src/testing/google/fake-google-sts.ts';
import { googleSystem, METADATA } from './world.ts';

// Requests to cloud-provider-gcp's auth-provider-gcp and what it answered, recorded in front of fakes like ours.
interface Recorded {
  readonly name: string;
  readonly request: string;
  readonly stdout: string;
}

const fixture = new URL('fixtures/auth-provider-gcp.jsonl', import.meta.url);
const records = readFileSync(fixture, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

const identityProvider =
  'https://container.googleapis.com/v1/projects/lab-project/locations/us/clusters/c';
const OPTIONS: Readonly<Record<string, GcrOptions>> = {
  'gcr-dockercfg': { sources: ['google-dockercfg'] },
  'gcr-workload-identity': { serviceAccount: { projectId: 'lab-project', identityProvider } },
};

interface Request {
  readonly image: string;
  readonly serviceAccountToken?: string;
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
}

/** Our answer to the same request in the same world, with the recorded names of the tokens. */
async function replay({ name, request: text }: Recorded): Promise<CredentialResponse | undefined> {
  const { image, ...identity } = JSON.parse(text) as Request;
  await using metadata = await startFakeGceMetadata();
  await using sts = await startFakeGoogleSts({
    audience: `identitynamespace:lab-project.svc.id.goog:${identityProvider}`,
    subjects: { [identity.serviceAccountToken ?? '']: 'system:serviceaccount:team-a:puller' },
  });
  const isDown = name === 'gcr-metadata-down';
  const routes = { ...(isDown ? {} : { [METADATA]: metadata.url }), 'sts.googleapis.com': sts.url };
  const system = googleSystem({ routes });
  const provider = gcr({ system, ...(OPTIONS[name] ?? { sources: ['metadata'] }) });
  const { signal } = new AbortController();
  const answer = await provider.provide({ image, ...identity, signal });
  const names = new Map([
    [metadata.tokens[0]?.token, 'ya29.lab-gce-token'],
    [sts.tokens[0]?.token, `ya29.lab-sts-${String(sts.tokens[0]?.principal)}`],
  ]);
  if (answer === undefined) return undefined;
  const entries = Object.entries(answer.auth).map(([key, entry]) => [
    key,
    { ...entry, password: names.get(entry.password) ?? 'unknown' },
  ]);
  return { ...answer, auth: Object.fromEntries(entries) as CredentialResponse['auth'] };
}

function authOf(stdout: string): Readonly<Record<string, unknown>> {
  const { auth } = JSON.parse(stdout) as { readonly auth?: unknown };
  return isRecord(auth) ? auth : {};
}

/** Keys that the plugin does not have: it is behind docker-credential-gcr and the cloud controller's copy of itself. */
const MORE_KEYS = ['docker.*.rep.pkg.dev'];

describe("The official plugin's recorded answers", () => {
  test('are these', () => {
    expect(records.map(({ name }) => name)).toEqual([
      'gcr-artifact-registry',
      'gcr-dockercfg',
      'gcr-metadata-down',
      'gcr-node-sa',
      'gcr-workload-identity',
    ]);
  });

  test.each(
    records.filter(({ name }) => !name.endsWith('-down')).map((one) => [one.name, one] as const),
  )('%s is ours but for the listed differences', async (_name, record) => {
    const answer = await replay(record);
    const { image } = JSON.parse(record.request) as Request;
    const registry = image.split('/')[0] ?? '';
    const ours = answer?.auth ?? {};
    const theirs = authOf(record.stdout);
    // 1. Keys more, which no key of the plugin's covers.
    const more = Object.keys(ours).filter((key) => !Object.hasOwn(theirs, key));
    expect(more.toSorted()).toEqual(answer === undefined ? [] : MORE_KEYS);
    // 2. One key less: the image's registry, where a glob covers it. The kubelet would try the same token twice.
    const less = Object.keys(theirs).filter((key) => !Object.hasOwn(ours, key));
    expect(less.every((key) => key === registry && matchesImage('*.pkg.dev', key))).toBe(true);
    const shared = Object.entries(theirs).filter(([key]) => Object.hasOwn(ours, key));
    expect(ours).toMatchObject(Object.fromEntries(shared));
  });

  test('gcr-metadata-down is empty and a success; ours is a failure, so that explain can tell', async () => {
    const record = records.find(({ name }) => name === 'gcr-metadata-down') as Recorded;
    expect(authOf(record.stdout)).toEqual({});
    await expect(replay(record)).rejects.toThrow('does not answer');
  });

  test("say nothing of the token's end; ours do", async () => {
    const record = records.find(({ name }) => name === 'gcr-node-sa') as Recorded;
    expect(JSON.parse(record.stdout)).toMatchObject({ cacheDuration: '0s' });
    expect((await replay(record))?.expiresAt).toBeInstanceOf(Date);
  });
});
