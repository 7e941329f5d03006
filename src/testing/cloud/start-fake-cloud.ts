// The whole of three clouds on loopback, as far as credentials for registries go: every fake of this kit, one authority,
// one proxy that leads the clouds' host names to them, and the environment with which a program finds nothing else.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestAuthority } from '../tls/certificates.ts';
import { startFakeProxy, type FakeProxy } from '../fake-proxy.ts';
import { startFakeServer, type FakeHandler, type FakeServer } from '../fake-server.ts';
import { cloudEnvironment, type CloudName } from './cloud-environment.ts';
import { cloudRoutes } from './cloud-hosts.ts';
import { startServices, type FakeCloudServices, type FakeServiceOptions } from './services.ts';
import { startTlsFront } from './tls-front.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

export type { CloudName } from './cloud-environment.ts';

/** Options of {@link startFakeCloud}. Those of one fake stand under its name. */
export interface FakeCloudOptions extends FakeServiceOptions {
  /**
   * The cloud whose machine the program believes to run on: its metadata service is announced, that of others is not
   * there. The services of the other clouds are there all the same.
   *
   * @defaultValue `'aws'`
   */
  readonly machine?: CloudName | 'none';
  /**
   * More servers, by host name or pattern (`*.example.com`), with TLS on port 443 behind the proxy.
   *
   * @defaultValue none
   */
  readonly hosts?: Readonly<Record<string, FakeHandler>>;
}

/** Fakes of three clouds, and how to get there. */
export interface FakeCloud extends FakeCloudServices {
  /** The proxy, with a record of every name that was asked for. */
  readonly proxy: FakeProxy;
  /** The servers of {@link FakeCloudOptions.hosts}, by the same names. */
  readonly hosts: Readonly<Record<string, FakeServer>>;
  /** The authority to trust, in PEM; `env` names a file with it. */
  readonly ca: string;
  /**
   * What to set for a child process, over what it inherits: `{ ...process.env, ...cloud.env }`. Settings of the
   * developer's own (profiles, keys, proxies) are replaced by ones that lead nowhere.
   */
  readonly env: Readonly<Record<string, string>>;
  /** Closes everything, and removes the files that `env` names. Safe to call twice. */
  close(): Promise<void>;
  /** The same as {@link FakeCloud.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts fakes of AWS, Google Cloud and Azure, so that a program runs against them with nothing else configured.
 *
 * @example
 * ```ts
 * await using cloud = await startFakeCloud({ machine: 'aws' });
 * spawn('node', ['my-program.js'], { env: { ...process.env, ...cloud.env } });
 * cloud.ecr.tokens; // those that it got
 * ```
 */
export async function startFakeCloud(options: FakeCloudOptions = {}): Promise<FakeCloud> {
  refuseUnknown('startFakeCloud', options, {
    acr: true,
    azureMetadata: true,
    ec2Metadata: true,
    ecr: true,
    ecsMetadata: true,
    entra: true,
    gceMetadata: true,
    googleSts: true,
    googleTokenServer: true,
    now: true,
    sts: true,
    hosts: true,
    machine: true,
  });
  const { machine = 'aws', hosts: handlers = {} } = options;
  const authority = await createTestAuthority();
  const services = await startServices(options, authority);
  const hosts = await startHosts(handlers, options);
  const routes = cloudRoutes(services, hosts);
  const front = await startTlsFront(authority, routes.plain);
  const proxy = await startFakeProxy({
    ...routes.tls,
    ...Object.fromEntries(Object.keys(routes.plain).map((name) => [name, front.host])),
    'metadata.google.internal:80': services.gceMetadata.host,
    '169.254.169.254:80': services.azureMetadata.host,
  });
  const folder = await mkdtemp(join(tmpdir(), 'fake-cloud-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, authority.ca);
  const all = [front, proxy, ...Object.values(hosts), ...Object.values(services)];
  const close = async (): Promise<void> => {
    await Promise.all(all.map((one) => one.close()));
    await rm(folder, { recursive: true, force: true });
  };
  return {
    ...services,
    hosts,
    proxy,
    ca: authority.ca,
    env: cloudEnvironment({ services, machine, proxyUrl: proxy.url, folder, caFile }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function startHosts(
  handlers: Readonly<Record<string, FakeHandler>>,
  { now }: FakeCloudOptions,
): Promise<Readonly<Record<string, FakeServer>>> {
  const clock = now === undefined ? {} : { now };
  return Object.fromEntries(
    await Promise.all(
      Object.entries(handlers).map(async ([name, handle]) => [
        name,
        await startFakeServer(handle, clock),
      ]),
    ),
  ) as Record<string, FakeServer>;
}
