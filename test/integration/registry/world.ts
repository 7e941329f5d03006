// Four registries with the same images, by what they ask for and by how they are reached, and the token servers of two.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyring, type DockerKeyring } from '../../../src/index.ts';
import {
  createPullSecret,
  type CreatedPullSecret,
  type PullSecret,
} from '../../../src/kubernetes/index.ts';
import {
  createTestAuthority,
  type TestAuthority,
  type TestCertificate,
} from '../../../src/testing/tls/certificates.ts';
import { installPackages } from '../credential-helper/installed-helper.ts';
import { createClients, type Clients } from './clients.ts';
import { pushImages, type PushedImages } from './push-images.ts';
import { startRegistry, type Registry } from './start-registry.ts';
import { startTokenServer, type TokenServer } from './token-server.ts';

/** How a registry is reached, and what it asks for. */
export type Way = 'http' | 'https';
export type Scheme = 'basic' | 'bearer';

/** All of it. */
export interface RegistryWorld {
  readonly directory: string;
  readonly authority: TestAuthority;
  /** The authority's file. */
  readonly caFile: string;
  readonly certificate: TestCertificate;
  readonly tokens: Readonly<Record<Way, TokenServer>>;
  readonly registries: Readonly<Record<Scheme, Readonly<Record<Way, Registry>>>>;
  readonly images: PushedImages;
  readonly clients: Clients;
  close(): Promise<void>;
}

/** Passwords of those who may pull `team/`: Ada and Bob, and of Eve, who may not where tokens say so. */
export const PASSWORDS = {
  ada: 'hunter2-of-ada "✓"',
  bob: 'hunter2-of-bob',
  eve: 'hunter2-of-eve',
  pusher: 'hunter2-of-pusher',
} as const;
/** In every secret of this world, and in no other text of it. */
export const SECRET_WORD = 'hunter2';

const TEAM = { pulls: ['team/', 'bulk/'] };
const USERS = {
  ada: { password: PASSWORDS.ada, ...TEAM },
  bob: { password: PASSWORDS.bob, ...TEAM },
  eve: { password: PASSWORDS.eve, pulls: [] },
};
const PROGRAMS = {
  'docker-registry': 'docker-registry',
  skopeo: 'skopeo',
  htpasswd: 'apache2-utils',
};

/** Starts it; ends what it has started where something fails, since a child that runs on keeps Jest from ending. */
export async function startRegistryWorld(): Promise<RegistryWorld> {
  installPackages(PROGRAMS);
  const directory = mkdtempSync(join(tmpdir(), 'registry-world-'));
  const started: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.close()));
    rmSync(directory, { recursive: true });
  };
  try {
    return { ...(await startAll(directory, started)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startAll(
  directory: string,
  started: { close(): Promise<void> }[],
): Promise<Omit<RegistryWorld, 'close'>> {
  const keep = <T extends { close(): Promise<void> }>(server: T): T => {
    started.push(server);
    return server;
  };
  const authority = await createTestAuthority();
  const caFile = join(directory, 'ca.pem');
  writeFileSync(caFile, authority.ca);
  const certificate = authority.issue(['localhost', '127.0.0.1']);
  const startTokens = async (tls: boolean): Promise<TokenServer> => {
    const options = { authority, tls, users: USERS, publicRepositories: ['public/'] };
    return keep(await startTokenServer(options));
  };
  const tokens = { http: await startTokens(false), https: await startTokens(true) };
  const start = async (scheme: Scheme): Promise<Readonly<Record<Way, Registry>>> => {
    const who = (way: Way): object =>
      scheme === 'basic' ? { users: PASSWORDS } : { tokens: tokens[way] };
    return {
      http: keep(await startRegistry({ directory, ...who('http') })),
      https: keep(await startRegistry({ directory, tls: certificate, ...who('https') })),
    };
  };
  const registries = { basic: await start('basic'), bearer: await start('bearer') };
  const clients = createClients(directory, caFile);
  const { host } = registries.basic.http;
  const login = { host, username: 'pusher', password: PASSWORDS.pusher };
  const images = await pushImages({ directory, clients, login });
  // The pushes are nobody's business.
  await registries.basic.http.requests();
  return { directory, authority, caFile, certificate, tokens, registries, images, clients };
}

/** A pull secret for one registry. */
export function secretFor(
  name: string,
  { host }: Pick<Registry, 'host'>,
  [username, password]: readonly [string, string],
): CreatedPullSecret {
  return createPullSecret({ name, namespace: 'shop', server: host, username, password });
}

/** A keyring with these pull secrets and nothing else. */
export function keyringOf(...pullSecrets: PullSecret[]): DockerKeyring {
  return createKeyring({ dockerConfig: false, providers: [], pullSecrets });
}
