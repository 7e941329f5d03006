import { describe, expect, test } from '@jest/globals';
import { validatePullSecret } from '../../../src/kubernetes/index.ts';
import { amount } from '../fakes/amount.ts';
import { inOrder } from '../fakes/in-order.ts';
import { auth, secretWith } from '../fakes/keyring-inputs.ts';
import { seeded, type Random } from '../fakes/random.ts';
import { CANARIES, secretsIn, USER } from './canaries.ts';
import { mutate } from './mutate.ts';
import { observeKeyring } from './observe.ts';
import { shown } from './shown.ts';
import { fromFile, IMAGES, leaksOf, leaksOfKeyring, type Leak } from './search.ts';

const { password, identityToken, registryToken, userToken } = CANARIES;

const DOCUMENT = JSON.stringify(
  {
    auths: {
      'r.test': { auth: auth(USER, password), email: 'robot@example.com' },
      'p.test/a': { username: USER, password },
      'https://index.docker.io/v1/': { auth: auth(USER, password), identitytoken: identityToken },
      't.test': { registrytoken: registryToken, identitytoken: identityToken },
    },
    HttpHeaders: { 'X-Meta-Token': registryToken },
    credsStore: 'desktop',
  },
  null,
  1,
);

test('the search finds what it is to find', () => {
  const { username, ...entry } = { username: USER, auth: auth(USER, password) };
  expect(username).toBe('robot');
  for (const text of [
    password,
    `x${userToken.slice(3, 12)}y`,
    JSON.stringify(entry),
    Buffer.from(JSON.stringify(entry)).toString('base64'),
    Buffer.from(`xy${identityToken}`).toString('base64'),
  ]) {
    expect(secretsIn(text)).not.toEqual([]);
  }
  expect(secretsIn(`${USER}:[redacted] r.test ${auth(USER, 'other')}`)).toEqual([]);
});

test('the observer sees what there is to see', async () => {
  const texts = await observeKeyring({ ...fromFile(DOCUMENT, 'extended') }, IMAGES);
  const all = texts.join('\n');
  expect(all).toContain('[redacted]');
  expect(all).toContain('Invalid image reference');
  expect(all).toContain('docker-credential-desktop');
});

describe('no secret of a damaged document gets out', () => {
  test('from a file of the node', async () => {
    const leaks = await search(41, (random) => {
      const document = mutate(DOCUMENT, random);
      const semantics = random.pick(['kubelet', 'extended'] as const);
      return leaksOfKeyring(document, fromFile(document, semantics));
    });
    expect(leaks).toEqual([]);
  });

  test('from a pull secret, rejected or passed over, and from what validation finds', async () => {
    const leaks = await search(42, async (random) => {
      const document = mutate(DOCUMENT, random);
      const secret = secretWith('regcred', document);
      const malformedPullSecrets = random.pick(['reject', 'skip'] as const);
      return [
        ...(await leaksOfKeyring(document, { pullSecrets: [secret], malformedPullSecrets })),
        ...leaksOf(document, shown(validatePullSecret(secret))),
      ];
    });
    expect(leaks).toEqual([]);
  });

  test('from a pull secret whose data are damaged', async () => {
    const leaks = await search(43, async (random) => {
      const whole = secretWith('regcred', DOCUMENT);
      const data = parsedOr(mutate(JSON.stringify(whole.data), random));
      const secret = { ...whole, data } as typeof whole;
      return [
        ...(await leaksOfKeyring(data, { pullSecrets: [secret] })),
        ...leaksOf(data, shown(validatePullSecret(secret))),
      ];
    });
    expect(leaks).toEqual([]);
  });

  test('from manifests in YAML', async () => {
    const leaks = await search(44, (random) => {
      const text = mutate(yamlOf(DOCUMENT), random);
      return leaksOfKeyring(text, { pullSecrets: [text] });
    });
    expect(leaks).toEqual([]);
  });
});

async function search(seed: number, once: (random: Random) => Promise<Leak[]>): Promise<Leak[]> {
  const random = seeded(seed);
  const found = await inOrder(Array.from({ length: amount(40, 500) }), () => once(random));
  return found.flat();
}

function parsedOr(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return { '.dockerconfigjson': json };
  }
}

function yamlOf(document: string): string {
  return `apiVersion: v1
kind: Secret
metadata: { namespace: ns, name: regcred }
type: kubernetes.io/dockerconfigjson
data:
  .dockerconfigjson: ${Buffer.from(document).toString('base64')}
stringData:
  .dockerconfigjson: '${document.replaceAll(/\n\s*/g, '')}'
`;
}
