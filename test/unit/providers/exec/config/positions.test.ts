import { expect, test } from '@jest/globals';
import { PluginConfigError } from '../../../../../src/errors.ts';
import {
  mergePluginConfigs,
  parsePluginConfig,
} from '../../../../../src/providers/exec/config/plugin-config.ts';

async function errorOf(work: () => Promise<unknown>): Promise<PluginConfigError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof PluginConfigError) return error;
  }
  throw new Error('nothing was refused');
}

const HEAD = 'kind: CredentialProviderConfig\napiVersion: kubelet.config.k8s.io/v1\nproviders:\n';

test('every problem has its place, and the error has all of them', async () => {
  const error = await errorOf(() =>
    parsePluginConfig(
      `${HEAD}- name: a/b\n  apiVersion: credentialprovider.kubelet.k8s.io/v1\n  matchImages:\n  - gcr.io\n  - "a b"\n`,
      '/etc/plugins.yaml',
    ),
  );
  expect(error.position).toEqual({ line: 4, column: 9 });
  expect(error.message).toMatch(
    /^\/etc\/plugins\.yaml:4:9: \[providers\.name: Invalid value: "a\/b"/,
  );
  const { errors } = error.cause as AggregateError;
  expect(errors.map(({ position }: PluginConfigError) => position)).toEqual([
    { line: 4, column: 9 },
    { line: 8, column: 5 },
    { line: 4, column: 3 },
  ]);
});

test('a JSON document has places too, in characters', async () => {
  const document = `{"kind":"CredentialProviderConfig","apiVersion":"kubelet.config.k8s.io/v1",\n"providers":[{"name":"é","args":[1]}]}`;
  expect((await errorOf(() => parsePluginConfig(document, 'c.json'))).position).toEqual({
    line: 2,
    column: 34,
  });
  expect((await errorOf(() => parsePluginConfig('{"a":\n x}', 'c.json'))).position).toEqual({
    line: 2,
    column: 2,
  });
});

test('a name that another file has is a problem of the second file', async () => {
  const document = `${HEAD}- name: a\n`;
  const files = ['/p/a.yaml', '/p/b.yaml'].map((path) => ({ path, document }));
  const error = await errorOf(() => mergePluginConfigs(files, '/p'));
  expect(error.message).toBe(
    '/p/b.yaml:4:9: duplicate provider name "a" found in configuration file(s)',
  );
});

test('no value of a variable is ever in a message', async () => {
  const secrets = [
    'env: [{name: A, value:s3cret}]',
    'env: [{name: A, value: *s3cret}]',
    'env: [{name: A, value: !!int s3cret}]',
    'env: [{name: A, value:s3cret, value:s3cret}]',
    'env: [{name: A, {value: s3cret}: b}]',
    'env: [{name: A, value: "s3cret]',
    'env: [{name: A, value: s3cret, value: s3cret}]',
  ];
  const checks = secrets.map(async (env) => {
    const error = await errorOf(() => parsePluginConfig(`${HEAD}- name: a\n  ${env}\n`, 'c.yaml'));
    return [error.message, ...((error.cause as AggregateError | undefined)?.errors ?? [])].join();
  });
  const messages = await Promise.all(checks);
  expect(messages.join()).not.toContain('s3cret');
});

test('an unknown field that is there twice is told of once', async () => {
  const document = `{"kind":"CredentialProviderConfig","apiVersion":"kubelet.config.k8s.io/v1","x":1,"x":2}`;
  const { message } = await errorOf(() => parsePluginConfig(document, 'c.json'));
  expect(message).toBe('c.json:1:76: strict decoding error: unknown field "x"');
});
