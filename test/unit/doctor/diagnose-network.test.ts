import { describe, expect, test } from '@jest/globals';
import { diagnoseNetwork } from '../../../src/doctor/diagnose-network.ts';
import { fakeSystem } from '../fakes/fake-system.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';

async function look(
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const checks = await diagnoseNetwork(fakeSystem({ env, files }));
  return checks.map(({ subject, status, message }) => `${status} ${subject}: ${message}`);
}

describe('Proxies', () => {
  test('are told when there are none', async () => {
    const none = ['info proxy: no proxy is set'];
    expect(await look({})).toEqual(none);
    expect(await look({ HTTPS_PROXY: '', NO_PROXY: 'a.test' })).toEqual(none);
  });

  test('are told with their hosts, and never with their users', async () => {
    const env = {
      HTTPS_PROXY: 'http://robot:hunter2@proxy.test:3128/x',
      http_proxy: 'robot:hunter2@proxy.test:3129',
      HTTP_PROXY: 'http://other.test',
      ALL_PROXY: 'https://[::1]:8080',
      NO_PROXY: '.svc, 10.0.0.0/8 robot:hunter2@x,*.test:80',
    };
    expect(await look(env)).toEqual([
      'ok HTTPS_PROXY: requests go through http://proxy.test:3128',
      'ok http_proxy: requests go through http://proxy.test:3129',
      'ok ALL_PROXY: requests go through https://[::1]:8080',
      'ok NO_PROXY: asked without a proxy: .svc, 10.0.0.0/8, (not a host), *.test:80',
    ]);
  });

  test('are those of npm first', async () => {
    const env = {
      npm_config_https_proxy: 'http://npm.test',
      HTTPS_PROXY: 'http://other.test',
      npm_config_no_proxy: 'a.test',
      NO_PROXY: 'b.test',
    };
    expect(await look(env)).toEqual([
      'ok npm_config_https_proxy: requests go through http://npm.test',
      'ok HTTPS_PROXY: requests go through http://other.test',
      'ok npm_config_no_proxy: asked without a proxy: a.test',
    ]);
  });

  test.each(['socks5://proxy.test', 'http://', 'http://robot:12/hunter2@proxy.test', 'a b'])(
    'are a failure where the URL is %s',
    async (HTTPS_PROXY) => {
      expect(await look({ HTTPS_PROXY })).toEqual([
        'failure HTTPS_PROXY: it is not the URL of an HTTP proxy, so that no request gets out',
      ]);
    },
  );
});

describe('Certificates', () => {
  const env = { NODE_EXTRA_CA_CERTS: '/ca.pem' };

  test.each([
    ['one', PEM, 'ok', '/ca.pem: 1 more certificate is trusted'],
    ['two', PEM + PEM, 'ok', '/ca.pem: 2 more certificates are trusted'],
    ['none', 'hello', 'failure', '/ca.pem: it holds no certificate'],
  ])('are counted: %s', async (_name, text, status, message) => {
    expect((await look(env, { '/ca.pem': text }))[1]).toBe(
      `${status} NODE_EXTRA_CA_CERTS: ${message}`,
    );
  });

  test('are missed', async () => {
    expect((await look(env))[1]).toBe(
      'failure NODE_EXTRA_CA_CERTS: /ca.pem: there is no such file, and Node.js goes on without it',
    );
    const system = fakeSystem({ env });
    system.breakFile('/ca.pem', new Error('EACCES'));
    expect((await diagnoseNetwork(system))[1]).toEqual({
      area: 'network',
      subject: 'NODE_EXTRA_CA_CERTS',
      status: 'failure',
      message: '/ca.pem: it cannot be read, and Node.js goes on without it',
      hint: 'name a file with certificates in PEM form, by an absolute path',
      path: '/ca.pem',
    });
  });

  test('that nobody checks are a warning', async () => {
    expect(await look({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toContain(
      'warning NODE_TLS_REJECT_UNAUTHORIZED: no certificate is checked: anybody on the way can read passwords',
    );
    expect(await look({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toHaveLength(1);
  });
});
