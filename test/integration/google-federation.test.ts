// Workload identity federation with HTTPS_PROXY: by which way the token service is asked.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFakeProxy, type FakeProxy } from '../../src/testing/fake-proxy.ts';
import {
  startFakeGoogleSts,
  type FakeGoogleSts,
} from '../../src/testing/google/fake-google-sts.ts';
import { createTestAuthority } from '../../src/testing/tls/certificates.ts';
import { buildNodeProgram, type NodeProgram } from '../unit/system/node-program.ts';

const AUDIENCE =
  '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x';

let program: NodeProgram;
let sts: FakeGoogleSts;
let proxy: FakeProxy;
let environment: Record<string, string>;

const fileOf = (name: string): string => join(program.folder, name);

beforeAll(async () => {
  program = buildNodeProgram(['src/providers/gcr/gcr.ts']);
  const authority = await createTestAuthority();
  const client = authority.issue(['workload.test']);
  const chain = JSON.stringify([new X509Certificate(client.cert).raw.toString('base64')]);
  sts = await startFakeGoogleSts({
    audience: AUDIENCE,
    subjects: { 'a.b.c': 'workload', [chain]: 'workload' },
    tls: authority.issue(['sts.test']),
  });
  proxy = await startFakeProxy({ [sts.host.replace('127.0.0.1', 'sts.test')]: sts.host });
  const workload = { cert_path: fileOf('client.pem'), key_path: fileOf('client-key.pem') };
  const texts = {
    'ca.pem': authority.ca,
    'client.pem': client.cert,
    'client-key.pem': client.key,
    'certificates.json': JSON.stringify({ cert_configs: { workload } }),
    token: 'a.b.c',
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(fileOf(name), text);
  environment = {
    HOME: program.folder,
    NODE_EXTRA_CA_CERTS: fileOf('ca.pem'),
    HTTPS_PROXY: proxy.url,
    GOOGLE_APPLICATION_CREDENTIALS: fileOf('adc.json'),
  };
});

afterAll(async () => {
  await Promise.all([proxy.close(), sts.close()]);
  program.remove();
});

/** For whoever asks without the proxy: it knows the name by itself. */
const KNOW_NAME = `
  process.getBuiltinModule('node:dns').lookup = (name, { all }, callback) => {
    const address = { address: '127.0.0.1', family: 4 };
    process.nextTick(callback, null, ...(all ? [[address]] : [address.address, address.family]));
  };`;

test.each<[string, () => object, number, boolean?]>([
  ['a token in a file asks through the proxy', () => ({ file: fileOf('token') }), 1],
  // Of which the SDK by itself knows nothing.
  ['a token in a file heeds a port in NO_PROXY', () => ({ file: fileOf('token') }), 0, true],
  [
    'an X.509 certificate asks without the proxy',
    () => ({ certificate: { certificate_config_location: fileOf('certificates.json') } }),
    0,
  ],
])('A federation file with %s', async (_what, credentialSource, viaProxy, isExempt = false) => {
  const document = {
    type: 'external_account',
    audience: AUDIENCE,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${sts.url.replace('127.0.0.1', 'sts.test')}/v1/token`,
    credential_source: credentialSource(),
  };
  writeFileSync(fileOf('adc.json'), JSON.stringify(document));
  const before = { asked: proxy.requests.length, given: sts.tokens.length };
  const code = `${KNOW_NAME}
    const { signal } = new AbortController();
    const image = 'us-docker.pkg.dev/lab-project/containers/app';
    const { auth } = await gcr().provide({ image, signal });
    console.log(auth['*.pkg.dev'].password);`;
  const exemption = isExempt ? { NO_PROXY: new URL(document.token_url).host } : {};
  const env = { ...environment, ...exemption };
  const { exitCode, stdout, stderr } = await program.run(code, env);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(sts.tokens.slice(before.given).map(({ token }) => `${token}\n`)).toEqual([stdout]);
  expect(proxy.requests.slice(before.asked)).toHaveLength(viaProxy);
});
