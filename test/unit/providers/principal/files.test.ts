// Whose answers are is another thing where the contents of any file differ that may decide it.

import { describe, expect, test } from '@jest/globals';
import { acr, gcr } from '../../../../src/index.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../../fakes/fake-system.ts';
import { isOther, MAKERS, plugin, principalOf, type Make } from './makers.ts';

const HOME = '/home/user';

/** A service account's token, as Kubernetes writes it anew every hour. */
function tokenOf(sub: string, exp: number): string {
  const payload = { iss: 'https://cluster.example.com', sub, aud: ['sts'], exp };
  return `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.signature\n`;
}

describe('The contents of a file', () => {
  const azure = JSON.stringify({
    aadClientCertPath: '/certificate.pem',
    aadFederatedTokenFile: '/federated',
  });
  const yaml = 'aadclientcertpath: /certificate.pem\naadFederatedTokenFile: "/federated"\n';
  const external = JSON.stringify({ credential_source: { file: '/subject' } });
  const profile = '[profile a]\nweb_identity_token_file = /token \n';

  test.each<[string, Make, FakeWorld]>([
    [`${HOME}/.aws/config`, MAKERS.ecr, {}],
    [`${HOME}/.aws/credentials`, MAKERS.ecr, {}],
    ['/own', MAKERS.ecr, { env: { AWS_CONFIG_FILE: '/own' } }],
    ['/own', MAKERS.ecr, { env: { AWS_SHARED_CREDENTIALS_FILE: '/own' } }],
    ['/own', MAKERS.ecr, { env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/own' } }],
    ['/own', MAKERS.ecr, { env: { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/own' } }],
    ['/token', MAKERS.ecr, { files: { [`${HOME}/.aws/config`]: profile } }],
    ['/etc/kubernetes/azure.json', MAKERS.acr, {}],
    ['/own', (system) => acr({ system, configFile: '/own' }), {}],
    ['/certificate.pem', MAKERS.acr, { files: { '/etc/kubernetes/azure.json': azure } }],
    ['/federated', MAKERS.acr, { files: { '/etc/kubernetes/azure.json': azure } }],
    ['/certificate.pem', MAKERS.acr, { files: { '/etc/kubernetes/azure.json': yaml } }],
    ['/federated', MAKERS.acr, { files: { '/etc/kubernetes/azure.json': yaml } }],
    ['/own', MAKERS.acr, { env: { AZURE_FEDERATED_TOKEN_FILE: '/own' } }],
    ['/own', MAKERS.acr, { env: { AZURE_CLIENT_CERTIFICATE_PATH: '/own' } }],
    ['/own', MAKERS.acr, { env: { AZURE_ENVIRONMENT_FILEPATH: '/own' } }],
    ['/own/azureProfile.json', MAKERS.acr, { env: { AZURE_CONFIG_DIR: '/own' } }],
    [`${HOME}/.azure/azureProfile.json`, MAKERS.acr, {}],
    [
      '/own',
      (system) => acr({ system, identity: { kind: 'workload-identity', tokenFile: '/own' } }),
      {},
    ],
    [
      '/own',
      (system) =>
        acr({
          system,
          configFile: false,
          identity: {
            kind: 'service-principal',
            tenantId: 't',
            clientId: 'c',
            certificatePath: '/own',
          },
        }),
      {},
    ],
    ['/own', MAKERS.gcr, { env: { GOOGLE_APPLICATION_CREDENTIALS: '/own' } }],
    ['/own', MAKERS.gcr, { env: { google_application_credentials: '/own' } }],
    [`${HOME}/.config/gcloud/application_default_credentials.json`, MAKERS.gcr, {}],
    ['/own/application_default_credentials.json', MAKERS.gcr, { env: { CLOUDSDK_CONFIG: '/own' } }],
    [
      '/subject',
      MAKERS.gcr,
      { env: { GOOGLE_APPLICATION_CREDENTIALS: '/own' }, files: { '/own': external } },
    ],
    ['/own', (system) => gcr({ system, keyFile: '/own' }), {}],
    ['/bin/cloud', MAKERS.execPlugins, {}],
    ['/etc/kubernetes/azure.json', MAKERS.execPlugins, {}],
    ['/etc/cloud.conf', MAKERS.execPlugins, {}],
    ['/etc/cloud.key', MAKERS.execPlugins, {}],
    [`${HOME}/.aws/credentials`, MAKERS.execPlugins, {}],
    [`${HOME}/.azure/azureProfile.json`, MAKERS.execPlugins, {}],
    [`${HOME}/.config/gcloud/active_config`, MAKERS.execPlugins, {}],
    [`${HOME}/.config/gcloud/configurations/config_default`, MAKERS.execPlugins, {}],
    [
      `${HOME}/.config/gcloud/configurations/config_work`,
      MAKERS.execPlugins,
      { files: { [`${HOME}/.config/gcloud/active_config`]: 'work\n' } },
    ],
    [`${HOME}/.docker/config.json`, MAKERS.execPlugins, {}],
    ['/own/config.json', MAKERS.execPlugins, { env: { DOCKER_CONFIG: '/own' } }],
  ])('%s makes another principal (%#)', async (path, make, world) => {
    const withFile = (text: string): FakeWorld => ({
      ...world,
      files: { ...world.files, [path]: text },
    });
    expect(await isOther(make, (system) => system.put(path, 'one'), world)).toBe(true);
    // As large, and at the same time.
    expect(await isOther(make, (system) => system.put(path, 'two'), withFile('one'))).toBe(true);
    const touched = (system: FakeSystem): void => system.put(path, 'one', { mtimeMs: 1, inode: 9 });
    expect(await isOther(make, touched, withFile('one'))).toBe(false);
  });

  test('that holds a service account’s token is whose it is, and not the token of this hour', async () => {
    const path = '/var/run/token';
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: path };
    const put =
      (text: string) =>
      (system: FakeSystem): void =>
        system.put(path, text);
    const world = { env, files: { [path]: tokenOf('system:serviceaccount:a:b', 1) } };
    const { ecr: make } = MAKERS;
    expect(await isOther(make, put(tokenOf('system:serviceaccount:a:b', 2)), world)).toBe(false);
    expect(await isOther(make, put(tokenOf('system:serviceaccount:a:c', 1)), world)).toBe(true);
    // What is no such token counts as it is.
    const others = ['e30.e30.x', 'e30.bm8.x', 'a.b', 'a.b.c.d'].map((text) =>
      isOther(make, put(`${text} `), { env, files: { [path]: text } }),
    );
    expect(await Promise.all(others)).toEqual([true, true, true, true]);
  });

  test('that cannot be read, or is a large program, counts as what is seen of it', async () => {
    const { execPlugins: make } = MAKERS;
    const path = '/bin/cloud';
    const breakIt = (system: FakeSystem): void =>
      system.breakFile(path, Object.assign(new Error('no'), { code: 'EACCES' }));
    expect(await isOther(make, breakIt)).toBe(true);
    const large = Buffer.alloc(2 ** 20 + 1);
    const put =
      (mtimeMs: number) =>
      (system: FakeSystem): void =>
        system.put(path, large, { mtimeMs });
    expect(await isOther(make, put(1))).toBe(true);
    const before = fakeSystem();
    put(1)(before);
    const after = fakeSystem();
    put(2)(after);
    expect(await principalOf(make, before)).not.toBe(await principalOf(make, after));
  });
});

describe('A file that a plugin’s argument names decides it', () => {
  test.each([
    ['/own', '/own'],
    ['--config=/own', '/own'],
    ['-c/own', '/own'],
    ['--config=own.json', 'own.json'],
    ['own.json', 'own.json'],
    ['--config=file:///own', '///own'],
    ['--data=@own.json', 'own.json'],
    ['--files=/other,/own', '/own'],
    ['--files=/other;own.json', 'own.json'],
    ['--map=key:/own', '/own'],
    ['--path=/other:/own', '/own'],
    ['--config=/my own', '/my own'],
    ['C:\\own', 'C:\\own'],
  ])('in %s', async (argument, path) => {
    const make: Make = (system) => plugin(system, { args: [argument], env: [] });
    const before: FakeWorld = { files: { [path]: 'one' } };
    expect(await isOther(make, (system) => system.put(path, 'two'), before)).toBe(true);
    expect(await isOther(make, (system) => system.put('/elsewhere', 'two'), before)).toBe(false);
  });
});
