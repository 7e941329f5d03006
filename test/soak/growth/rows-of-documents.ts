// Rows for the documents that a keyring reads: a file of the node, and pull secrets.

import { createKeyring, writeDockerConfig } from '../../../src/index.ts';
import { validatePullSecret, type PullSecret } from '../../../src/kubernetes/index.ts';
import { fakeSystem } from '../../unit/fakes/fake-system.ts';
import { nestedTexts, numbered, repeated, swallow } from './inputs.ts';
import type { GrowthRow } from './measure.ts';

type Make = (bytes: number) => string | Uint8Array;

const keys = (text: string): string => `{"auths":{${text}}}`;
const oneKey = (key: string): string => keys(`"${key}":{"auth":"dTpw"}`);

/** Documents; the image that is looked up is `r.test/aaa…`. */
const DOCUMENTS: Readonly<Record<string, Make>> = {
  'a key of nested schemes': (bytes) => oneKey(repeated('a://', bytes)),
  'a key of at signs': (bytes) => oneKey(repeated('@', bytes)),
  'a key of stars': (bytes) => oneKey(`${repeated('*a', bytes)}*.test`),
  'a key of many labels behind a star': (bytes) => oneKey(`*${repeated('.a', bytes)}`),
  'a key of many labels before a star': (bytes) => oneKey(`${repeated('a.', bytes)}*`),
  'a key of many globs': (bytes) => oneKey(`${repeated('*.', bytes)}test`),
  'a key of escapes': (bytes) => oneKey(`r.test/${repeated('%41', bytes)}`),
  'a key of an address': (bytes) => oneKey(`[${repeated('a:', bytes)}]`),
  'many keys': (bytes) => keys(numbered(bytes, (index) => `"r${index}.test":{"auth":"dTpw"}`)),
  'many keys with a star': (bytes) =>
    keys(numbered(bytes, (index) => `"*${index}*.test":{"auth":"dTpw"}`)),
  'many keys of one host and path': (bytes) =>
    keys(numbered(bytes, (index) => `"r.test/a%3F${index}":{"auth":"dTpw"}`)),
  'many ways to write one key': (bytes) =>
    keys(numbered(bytes, (index) => `"https://u${index}@r.test":{"auth":"dTpw"}`)),
  'one key again and again': (bytes) => keys(numbered(bytes, () => '"r.test":{"auth":"dTpw"}')),
  'keys that begin with each other': (bytes) =>
    keys(
      nestedTexts(bytes, 'a')
        .map((path) => `"r.test/${path}":{"auth":"dTpw"}`)
        .join(','),
    ),
  'hosts that end with each other': (bytes) =>
    keys(
      nestedTexts(bytes, 'a.')
        .map((host) => `"*.${host}test":{"auth":"dTpw"}`)
        .join(','),
    ),
  'one bad member again and again': (bytes) => keys(repeated('"a":1,', bytes) + '"b":{}'),
  'bad fields of one entry': (bytes) => keys(`"r.test":{${repeated('"auth":1,', bytes)}"x":1}`),
  'bad entries on lines of their own': (bytes) => keys(`${repeated('"a":1,\n', bytes)}"b":{}`),
  'many helpers for one image': (bytes) =>
    `{"credHelpers":{${numbered(bytes, (index) => `"r.test/a%3F${index}":"x"`)}}}`,
  'escapes in a password': (bytes) =>
    keys(`"r.test":{"username":"u","password":"${repeated(String.raw`\u0041`, bytes)}"}`),
  'what is no UTF-8': (bytes) => {
    const bad = Buffer.alloc(bytes, 0xff);
    return Buffer.concat([
      Buffer.from('{"auths":{"r.test":{"password":"'),
      bad,
      Buffer.from('"}}}'),
    ]);
  },
  'what is no UTF-8, in base64': (bytes) =>
    keys(`"r.test":{"auth":"${Buffer.alloc(bytes, 0xff).toString('base64')}"}`),
  'blanks before base64': (bytes) => keys(`"r.test":{"auth":"${repeated(' ', bytes)}="}`),
  'white space': (bytes) => `{"auths":{${repeated(' \n', bytes)}}}`,
  'lists in lists': (bytes) => `{"x":${repeated('[', bytes)}`,
  'brackets in a name': (bytes) => keys(`"${repeated('[', bytes)}":{}`),
  'nothing but blanks': (bytes) => repeated(' ', bytes),
};

const PATH = '/c.json';
const IMAGE = `r.test/${'a'.repeat(200)}`;

/** Looks an image up in a file, and explains it, merges the file into a document and checks it as a pull secret. */
const lookups: GrowthRow[] = Object.entries(DOCUMENTS).map(([input, make]) => ({
  of: 'createKeyring',
  input: `a file: ${input}`,
  prepare: (bytes) => {
    const system = fakeSystem({ files: { [PATH]: make(bytes) } });
    const keyring = createKeyring({ system, providers: [], dockerConfig: { files: [PATH] } });
    return async () => {
      await keyring.lookup(IMAGE);
      await keyring.explain(IMAGE);
      JSON.stringify(await keyring.toDockerConfig());
    };
  },
}));

const inSecrets: GrowthRow[] = Object.entries(DOCUMENTS).map(([input, make]) => ({
  of: 'createKeyring',
  input: `a pull secret: ${input}`,
  prepare: (bytes) => {
    const pullSecrets = [secretOf(make(bytes))];
    const keyring = createKeyring({ dockerConfig: false, providers: [], pullSecrets });
    return () => swallow(() => keyring.explain(IMAGE));
  },
}));

const validations: GrowthRow[] = Object.entries(DOCUMENTS).map(([input, make]) => ({
  of: 'validatePullSecret',
  input,
  prepare: (bytes) => {
    const secret = secretOf(make(bytes));
    return () => validatePullSecret(secret);
  },
}));

const images: GrowthRow[] = Object.entries({
  'an image of many labels': (bytes: number) => `${repeated('a.', bytes)}test/x`,
  'an image of one long label': (bytes: number) => `${repeated('a', bytes)}.test/x`,
  'an image with a long port': (bytes: number) => `r.test:${repeated('1', bytes)}/x`,
}).map(([input, make]) => ({
  of: 'createKeyring',
  input: `${input}, and many keys`,
  prepare: (bytes) => {
    const image = make(bytes);
    const patterns = numbered(bytes, (index) => `"*.a${index}":{},"*a.test/${index}":{}`);
    const system = fakeSystem({ files: { [PATH]: keys(patterns) } });
    const keyring = createKeyring({ system, providers: [], dockerConfig: { files: [PATH] } });
    return () => keyring.explain(image);
  },
  // Each star that stands before the image's end is tried on the image.
  maxBytes: 128 * 1024,
}));

const written: GrowthRow = {
  of: 'writeDockerConfig',
  input: 'many entries',
  prepare: (bytes) => {
    const count = Math.ceil(bytes / 40);
    const auths = Array.from({ length: count }, (_, index) => [`r${index}.test`, { auth: 'dTpw' }]);
    const document = { auths: Object.fromEntries(auths) as Record<string, { auth: string }> };
    return () => writeDockerConfig('/home/user/c.json', document, { system: fakeSystem() });
  },
};

function secretOf(document: string | Uint8Array): PullSecret {
  const data = Buffer.from(document).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'regcred', namespace: 'shop' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': data },
  };
}

/** All of them. */
export const DOCUMENT_ROWS: readonly GrowthRow[] = [
  ...lookups,
  ...inSecrets,
  ...images,
  ...validations,
  written,
];
