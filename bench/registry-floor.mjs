// The same requests as bench/registry-client.mjs sends, and nothing else: no keyring, no retries, no deadline, no check of
// an address, no error text. What Node itself takes, by node:https or by undici's own dispatcher.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Agent, request } from 'node:https';
import { answerCommands } from './answer-commands.mjs';

const [, , file, engine] = process.argv;
const { images, username, password, ca, concurrency } = JSON.parse(readFileSync(file, 'utf8'));
const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
const ACCEPT =
  'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json, */*;q=0.1';
const ask = engine === 'undici' ? byUndici() : byNode();
const kept = new Map();

function byNode() {
  const agent = new Agent({ keepAlive: true, ca });
  return (origin, path, { method = 'GET', headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, origin), { method, headers, agent }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode, headers: response.headers, body });
        });
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
}

function byUndici() {
  // The one that a development dependency has.
  const { Pool } = createRequire(import.meta.resolve('testcontainers'))('undici');
  const pools = new Map();
  return (origin, path, { method = 'GET', headers = {} } = {}) => {
    if (!pools.has(origin)) {
      pools.set(origin, new Pool(origin, { connections: concurrency, connect: { ca } }));
    }
    return new Promise((resolve, reject) => {
      const answer = { status: 0, headers: {}, body: '' };
      pools.get(origin).dispatch(
        // Without `reset`, undici closes a connection after a HEAD.
        { path, method, headers, reset: false },
        {
          onRequestStart() {},
          onResponseStart(_controller, status, fields) {
            Object.assign(answer, { status, headers: fields });
          },
          onResponseData(_controller, chunk) {
            answer.body += chunk;
          },
          onResponseEnd: () => resolve(answer),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  };
}

/** The parts of `localhost:5000/bulk/r1:t2`. */
function partsOf(image) {
  const slash = image.indexOf('/');
  const colon = image.lastIndexOf(':');
  const repository = image.slice(slash + 1, colon);
  return { origin: `https://${image.slice(0, slash)}`, repository, tag: image.slice(colon + 1) };
}

async function tokenFor({ origin, repository }) {
  const { headers } = await ask(origin, '/v2/');
  const [, realm, service] = /realm="([^"]*)",service="([^"]*)"/.exec(headers['www-authenticate']);
  const url = new URL(realm);
  url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${repository}:pull`);
  const path = `${url.pathname}${url.search}`;
  const { body } = await ask(url.origin, path, { headers: { authorization: basic } });
  const { token, access_token: accessToken } = JSON.parse(body);
  return token ?? accessToken;
}

async function head({ origin, repository, tag }, token) {
  const headers = { accept: ACCEPT, authorization: `Bearer ${token}` };
  const path = `/v2/${repository}/manifests/${tag}`;
  const { status } = await ask(origin, path, { method: 'HEAD', headers });
  if (status !== 200) throw new Error(`status ${status}`);
}

const COMMANDS = {
  async cold() {
    for (const image of images) {
      const parts = partsOf(image);
      await head(parts, await tokenFor(parts));
    }
  },
  async prime() {
    for (const parts of images.map(partsOf)) {
      const { repository } = parts;
      if (!kept.has(repository)) kept.set(repository, await tokenFor(parts));
    }
    await COMMANDS.heads();
  },
  async warm() {
    for (const parts of images.map(partsOf)) await head(parts, kept.get(parts.repository));
  },
  async heads() {
    const queue = images.map(partsOf).values();
    const work = async () => {
      for (const parts of queue) await head(parts, kept.get(parts.repository));
    };
    await Promise.all(Array.from({ length: concurrency }, work));
  },
};

await answerCommands(COMMANDS);
