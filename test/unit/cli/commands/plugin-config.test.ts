import { describe, expect, test } from '@jest/globals';
import { pluginCommand } from '../../../../src/cli/commands/plugin.ts';
import { parsePluginConfig } from '../../../../src/providers/exec/config/plugin-config.ts';
import { desk } from '../../serve/serving.ts';
import { hostOf, plugin, type PluginWorld } from '../plugin-run.ts';

async function providerOf(args: string, world: PluginWorld = {}): Promise<unknown> {
  const { exitCode, stdout, stderr } = await plugin(`config -o json ${args}`, world);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return (JSON.parse(stdout) as { providers: unknown[] }).providers[0];
}

function withTokens(attributes: object) {
  const tokenAttributes = {
    serviceAccountTokenAudience: 'a',
    cacheType: 'ServiceAccount',
    requireServiceAccount: false,
    ...attributes,
  };
  return { default: { ...desk(), tokenAttributes } };
}

describe('docker-keyring plugin config', () => {
  test('prints YAML', async () => {
    const { stdout } = await plugin('config --provider=ecr --match-image=*.example.com --no-cache');
    expect(stdout).toBe(
      `apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: docker-keyring
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    matchImages:
      - "*.example.com"
    defaultCacheDuration: 0s
    args:
      - plugin
      - --provider=ecr
      - --no-cache
`,
    );
  });

  test('repeats the options with which the plugin is to be started', async () => {
    const options = '--gcr-project=p --gcr-identity-provider=https://i --service-account-tokens';
    const args = `--provider=gcr ${options} --cache-dir=/c --name=gar`;
    expect(await providerOf(args)).toMatchObject({
      name: 'gar',
      args: [
        'plugin',
        '--provider=gcr',
        '--cache-dir=/c',
        '--gcr-project=p',
        '--gcr-identity-provider=https://i',
        '--service-account-tokens',
      ],
      tokenAttributes: { serviceAccountTokenAudience: 'p.svc.id.goog' },
    });
  });

  test('takes the images from the keys of a config.json', async () => {
    const auths = {
      'https://index.docker.io/v1/': {},
      'reg.example.com:5000/team': {},
    };
    const files = { '/c.json': JSON.stringify({ auths }) };
    expect(await providerOf('--provider=config:/c.json', { files })).toMatchObject({
      matchImages: expect.arrayContaining([
        'docker.io',
        'index.docker.io',
        'reg.example.com:5000/team',
      ]),
    });
  });

  test('takes them from the registries that a config.json names helpers for', async () => {
    const credHelpers = {
      'ghcr.io': 'pass',
      'reg.example.com:5000': 'pass',
      'https://index.docker.io/v1/': 'pass',
      'own.example.com': '',
      'a b': 'pass',
    };
    const files = { '/c.json': JSON.stringify({ auths: { 'quay.io': {} }, credHelpers }) };
    expect(await providerOf('--provider=config:/c.json', { files })).toMatchObject({
      matchImages: ['quay.io', 'ghcr.io', 'reg.example.com:5000', 'docker.io', 'index.docker.io'],
    });
  });

  test.each([
    ['helper:pass', 'helper:pass', []],
    ['config:/c.json', 'the credsStore of /c.json', ['reg.example.com:5000']],
  ])('says that the patterns of %s cover no port', async (name, who, named) => {
    const files = { '/c.json': '{"auths":{"reg.example.com:5000":{}},"credsStore":"pass"}' };
    const { exitCode, stdout, stderr } = await plugin(`config -o json --provider=${name}`, {
      files,
    });
    expect(exitCode).toBe(0);
    const { providers } = JSON.parse(stdout) as { providers: { matchImages: string[] }[] };
    expect(providers[0]?.matchImages.slice(0, named.length + 3)).toEqual([
      ...named,
      '*',
      '*.*',
      '*.*.*',
    ]);
    expect(stderr).toBe(
      `docker-keyring: warning: ${who} may have credentials of every registry, but no kubelet pattern matches ` +
        'every port: to cover registries with a port, list all patterns with --match-image\n',
    );
  });

  test('says what is wrong with a config.json, and prints nothing', async () => {
    const files = { '/c.json': '{"credHelpers":{"ghcr.io":1}}' };
    expect(await plugin('config --provider=config:/c.json', { files })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'docker-keyring: /c.json:1:27: the values of "credHelpers" must be strings\n',
    });
  });

  test('prints texts that YAML 1.1 takes for something else in quotes', async () => {
    const { exitCode, stdout } = await plugin(
      'config --provider=ecr --name=on --match-image=1_000',
    );
    expect(exitCode).toBe(0);
    const { providers } = await parsePluginConfig(stdout, 'c.yaml');
    expect(providers[0]).toMatchObject({
      name: 'on',
      matchImages: ['1_000'],
    });
  });

  test('is refused where the kubelet would refuse it', async () => {
    const { host, written } = hostOf('');
    const args = ['config', '--provider=ecr', '--match-image', 'a b'];
    expect(await pluginCommand({ ...host, args })).toBe(2);
    expect(written).toEqual({
      stdout: '',
      stderr:
        'docker-keyring: a kubelet would reject this configuration: providers.matchImages: Invalid value: "a b": match ' +
        'image is invalid: parse "https://a b": invalid character " " in host name\n',
    });
  });

  test('asks for the images of what does not know them', async () => {
    const modules = { 'file:///p.js': { default: { lookup: async () => [] } } };
    const refused = await plugin('config --provider=module:/p.js', { modules });
    expect(refused.stderr).toContain('module:/p.js has no matchImages');
  });

  test('merges what several providers want of service accounts', async () => {
    const modules = {
      'file:///a.js': withTokens({ optionalServiceAccountAnnotationKeys: ['x/a'] }),
      'file:///b.js': withTokens({ cacheType: 'Token' }),
      'file:///c.js': withTokens({}),
    };
    const attributes = {
      serviceAccountTokenAudience: 'a',
      cacheType: 'Token',
      requireServiceAccount: false,
      optionalServiceAccountAnnotationKeys: ['x/a'],
    };
    expect(
      await providerOf('--provider=module:/a.js --provider=module:/b.js', { modules }),
    ).toMatchObject({ tokenAttributes: attributes });
    expect(
      await providerOf('--provider=module:/a.js --provider=module:/c.js', { modules }),
    ).toMatchObject({ tokenAttributes: { ...attributes, cacheType: 'ServiceAccount' } });
  });

  test('refuses to share a plugin with one that requires a service account', async () => {
    const modules = {
      'file:///a.js': withTokens({ requireServiceAccount: true }),
      'file:///b.js': withTokens({}),
    };
    const refused = await plugin('config --provider=module:/a.js --provider=module:/b.js', {
      modules,
    });
    expect(refused.stderr).toContain('needs a plugin of its own');
  });
});
