import { describe, expect, test } from '@jest/globals';
import { Agent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Duplex } from 'node:stream';
import { createKeyring } from '../../../../src/index.ts';
import { ecr } from '../../../../src/providers/ecr/ecr.ts';
import { nodeSystem } from '../../../../src/system/node-system.ts';
import {
  EXAMPLE_AWS_CREDENTIALS,
  type FakeAwsCredentials,
} from '../../../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEcr } from '../../../../src/testing/aws/fake-ecr.ts';
import { startFakeSts } from '../../../../src/testing/aws/fake-sts.ts';
import { isolateAwsEnvironment, setVariables } from './aws-environment.ts';
import { HOST, inTurn, OTHER_HOST, request, ROLE } from './requests.ts';

isolateAwsEnvironment();

describe('a private registry', () => {
  test('is answered with a token of its own region, from the environment alone', async () => {
    await using fake = await startFakeEcr();
    setVariables({ ...fake.env, AWS_REGION: 'eu-central-1' });
    const response = await ecr().provide(request(`${HOST}/team/app`));
    const [token] = fake.tokens;
    expect(response).toEqual({
      auth: { [HOST]: { username: 'AWS', password: token?.password } },
      cacheKeyType: 'Registry',
      expiresAt: token?.expiresAt,
    });
    expect(token).toMatchObject({ service: 'ecr', region: 'us-west-2' });
    expect(fake.requests.map(({ body }) => body)).toEqual(['{}']);
  });

  test('is one request for ten thousand of them at once', async () => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    await using keyring = createKeyring({ dockerConfig: false, providers: [ecr()] });
    const hosts = Array.from(
      { length: 10_000 },
      (_, index) => `${100_000_000_000 + index}.dkr.ecr.us-west-2.amazonaws.com`,
    );
    const found = await Promise.all(hosts.map(async (host) => keyring.lookup(`${host}/app`)));
    expect(found.map(([credential]) => credential?.key)).toEqual(hosts);
    expect(fake.requests.length).toBe(1);
  });

  test('has no expiry where the API names none', async () => {
    await using fake = await startFakeEcr({ tokenLifetimeMs: undefined });
    setVariables(fake.env);
    expect(await ecr().provide(request(`${HOST}/app`))).not.toHaveProperty('expiresAt');
  });

  test('shares scope, client and answer with the other registries of its region', async () => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    const provider = ecr();
    const scopes = Array.from({ length: 10_000 }, (_, index) =>
      provider.cacheScope?.(`${100_000_000_000 + index}.dkr.ecr.us-west-2.amazonaws.com/app`),
    );
    expect(new Set(scopes).size).toBe(1);
    expect(scopes[0]).toMatch(/^private us-west-2 [0-9a-f]{64}$/);
    const response = await provider.provide(request(`${HOST}/app`));
    const other = response && provider.forImage?.(response, `${OTHER_HOST}/x`);
    expect(other).toEqual({ ...response, auth: { [OTHER_HOST]: response?.auth[HOST] } });
  });
});

describe('ECR Public', () => {
  test.each(['public.ecr.aws', 'ecr-public.aws.com'])(
    'gives %s a token of us-east-1',
    async (host) => {
      await using fake = await startFakeEcr();
      setVariables({ ...fake.env, AWS_REGION: 'eu-central-1' });
      const response = await ecr().provide(request(`${host}/docker/library/nginx`));
      const [token] = fake.tokens;
      expect(token).toMatchObject({ service: 'ecr-public', region: 'us-east-1' });
      expect(response?.auth).toEqual({ [host]: { username: 'AWS', password: token?.password } });
    },
  );
});

describe('a host of the user', () => {
  test('gets a token of the region that is listed with it, by the role of its account', async () => {
    const credentials: FakeAwsCredentials[] = [EXAMPLE_AWS_CREDENTIALS];
    await using sts = await startFakeSts({ credentials, roles: { [ROLE]: {} } });
    await using fake = await startFakeEcr({ credentials });
    setVariables({ ...fake.env, ...sts.env });
    const provider = ecr({
      hosts: [{ host: 'registry.example.com', region: 'eu-west-1', account: '210987654321' }],
      accounts: { '210987654321': { roleArn: ROLE } },
    });
    const response = await provider.provide(request('registry.example.com/app'));
    expect(Object.keys(response?.auth ?? {})).toEqual(['registry.example.com']);
    expect(fake.tokens).toMatchObject([
      { region: 'eu-west-1', accessKeyId: sts.issued[0]?.accessKeyId },
    ]);
  });
});

describe('images that are not of ECR', () => {
  test('get nothing, even when the provider is asked', async () => {
    const provider = ecr();
    expect(await provider.provide(request('evil.example.com/app'))).toBeUndefined();
    expect(provider.cacheScope?.('evil.example.com/app')).toBeUndefined();
    const response = { auth: {}, cacheKeyType: 'Registry' } as const;
    expect(provider.forImage?.(response, 'evil.example.com/app')).toBe(response);
    expect(provider.forImage?.(response, `${HOST}/app`)).toBe(response);
  });
});

describe('the clients', () => {
  test('are kept, but not for any number of regions', async () => {
    const credential = async (): Promise<FakeAwsCredentials> => {
      count += 1;
      return EXAMPLE_AWS_CREDENTIALS;
    };
    let count = 0;
    await using fake = await startFakeEcr();
    const provider = ecr({ credential, endpoints: { ecr: fake.url } });
    const regions = Array.from({ length: 101 }, (_, index) => `xx-test-${index}`);
    await inTurn(['xx-test-0', ...regions, 'xx-test-0'], async (region) => {
      await provider.provide(request(`123456789012.dkr.ecr.${region}.amazonaws.com/app`));
    });
    expect(fake.tokens.length).toBe(103);
    expect(count).toBe(102);
  });
});

describe('the API', () => {
  test('is the one of the options: FIPS and dual-stack', async () => {
    const asked: string[] = [];
    const httpsAgent = new RefusingAgent((host) => asked.push(host));
    const system = {
      ...nodeSystem,
      httpAgents: async () => ({ httpAgent: new Agent(), httpsAgent }),
    };
    const images = [`${HOST}/app`, 'public.ecr.aws/app'];
    const modes = [{}, { useFipsEndpoint: true }, { useDualstackEndpoint: true }];
    await inTurn(
      modes.flatMap((mode) => images.map((image) => ({ mode, image }))),
      async ({ mode, image }) => {
        const provider = ecr({ credential: EXAMPLE_AWS_CREDENTIALS, system, ...mode });
        await expect(provider.provide(request(image))).rejects.toThrow('(ENETUNREACH)');
      },
    );
    expect(asked).toEqual([
      'api.ecr.us-west-2.amazonaws.com',
      'api.ecr-public.us-east-1.amazonaws.com',
      'api.ecr-fips.us-west-2.amazonaws.com',
      'api.ecr-public-fips.us-east-1.amazonaws.com',
      'ecr.us-west-2.api.aws',
      'ecr-public.us-east-1.api.aws',
    ]);
  });
});

/** Connects to nobody, and tells whom it was asked for. */
class RefusingAgent extends HttpsAgent {
  readonly #tell: (host: string) => void;

  constructor(tell: (host: string) => void) {
    super();
    this.#tell = tell;
  }

  override createConnection(
    { host = '' }: { readonly host?: string },
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#tell(host);
    const error = Object.assign(new Error('no network'), { code: 'ENETUNREACH' });
    setImmediate(() => callback?.(error, new Duplex()));
  }
}
