import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { createPullSecret } from '../../../../src/kubernetes/secret/create-pull-secret.ts';
import { formatSecretYaml } from '../../../../src/kubernetes/secret/format-secret-yaml.ts';
import { parseManifests } from '../../../../src/kubernetes/manifest/manifests.ts';

test('a name that YAML 1.1 takes for something else has quotes', () => {
  const secret = createPullSecret({ name: 'on', namespace: '0o7', username: 'u', password: 'p' });
  expect(formatSecretYaml(secret)).toContain('  name: "on"\n  namespace: "0o7"\n');
});

test('quotes, backslashes and what is not ASCII are escaped', () => {
  const name = '"\\\u2028é😀';
  const secret = createPullSecret({ name, username: 'u', password: 'p' });
  expect(formatSecretYaml(secret)).toContain(
    String.raw`  name: "\"\\\u2028\u00e9\U0001f600"` + '\n',
  );
});

test('whatever the name, kubectl reads back the same Secret', async () => {
  const text = fc.string({ unit: 'binary', minLength: 1 });
  await fc.assert(
    fc.asyncProperty(text, text, fc.uint8Array(), async (name, namespace, dockerConfig) => {
      const secret = createPullSecret({ name, namespace, dockerConfig });
      await expect(parseManifests(formatSecretYaml(secret))).resolves.toEqual([secret]);
    }),
  );
});
