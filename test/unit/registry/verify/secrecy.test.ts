import { expect, test } from '@jest/globals';
import type { HttpRequest } from '../../../../src/system/system.ts';
import type { FakeReply } from '../../fakes/fake-system.ts';
import {
  deployment,
  fakeCluster,
  manifestReply,
  pullSecret,
  type FakeCluster,
} from './fake-cluster.ts';

const PASSWORD = 'hunter2-hunter2';
const IDENTITY_TOKEN = 'identity-token-of-robot';
const REGISTRY_TOKEN = 'registry-token-of-robot';
const BASIC = Buffer.from(`robot:${PASSWORD}`).toString('base64');
const ENTRIES: readonly object[] = [
  { auth: BASIC },
  { username: PASSWORD, password: PASSWORD },
  { identitytoken: IDENTITY_TOKEN },
  { registrytoken: REGISTRY_TOKEN },
];

/** Says everything that it was told, wherever an answer has room. */
function echo(status: number): (request: HttpRequest) => FakeReply {
  return ({ url, headers = {}, body = '' }) => {
    const { searchParams } = new URL(url);
    const [scheme, token = ''] = (headers['authorization'] ?? '').split(' ');
    const pair = scheme === 'Basic' ? Buffer.from(token, 'base64').toString() : '';
    const said = `${pair} ${token} ${scheme} ${token} ${body} ${searchParams.toString()}`;
    return {
      status,
      headers: {
        'www-authenticate': `Bearer realm="https://auth.r.test/token",error="${said}"`,
        'docker-content-digest': said,
        'content-type': said,
        'ratelimit-limit': '5',
        'ratelimit-remaining': '1',
        'docker-ratelimit-source': said,
      },
      body: { errors: [{ code: said, message: said }], error: said, manifests: [] },
    };
  };
}

function worldOf(entry: object): { readonly world: FakeCluster; readonly objects: object[] } {
  const world = fakeCluster({ 'r.test': { users: { robot: PASSWORD } } });
  const config = JSON.stringify({ auths: { 'r.test': entry } });
  const data = { '.dockerconfigjson': Buffer.from(config).toString('base64') };
  const pod = deployment('web', ['r.test/team/app'], { secrets: ['a'] });
  return { world, objects: [{ ...pullSecret('a'), data }, pod] };
}

test.each([200, 400, 401, 403, 404, 429, 500])(
  'Nothing secret is in the report of a registry that answers %i and repeats all that it is told',
  async (status) => {
    const reports = await Promise.all(
      ENTRIES.flatMap((entry) =>
        ['HEAD r.test', 'GET auth.r.test', 'POST auth.r.test', 'GET r.test'].map(async (start) => {
          const { world, objects } = worldOf(entry);
          world.answer({ 'HEAD r.test': manifestReply(), [start]: echo(status) });
          return world.verify(objects, { platforms: ['linux/amd64'], anonymous: true });
        }),
      ),
    );
    const text = JSON.stringify(reports);
    expect(reports.flatMap(({ images }) => images)).toHaveLength(16);
    const secrets = [PASSWORD, IDENTITY_TOKEN, REGISTRY_TOKEN, BASIC, 'of-robot'];
    // Not the text itself, which is long.
    expect(secrets.filter((secret) => text.includes(secret.slice(-10)))).toEqual([]);
  },
);
