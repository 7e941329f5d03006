// docker-credential-keyring as its process runs it, in a world in memory.

import { runCredentialHelper } from '../../../src/cli/credential-helper/run-credential-helper.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../fakes/fake-system.ts';
import { fakeHost } from './helper/helper-host.ts';

export const CONFIG = '/home/user/.config/docker-keyring/helper.json';
export const STORE = '/home/user/.local/share/docker-keyring/credentials.json';
export const DOCUMENT = '{"ServerURL":"https://r.test","Username":"ada","Secret":"canary"}';

/** What a run ended with. */
export interface Ran {
  readonly exitCode: unknown;
  readonly stdout: string;
  readonly stderr: string;
  readonly system: FakeSystem;
}

/** What a run begins with. */
export interface World extends Omit<FakeWorld, 'files'> {
  readonly config?: object | string;
  readonly files?: Readonly<Record<string, unknown>>;
  readonly system?: FakeSystem;
}

/** Runs one command of docker-credential-keyring. */
export async function run(action: string, stdin: string, world: World = {}): Promise<Ran> {
  const { config, files = {}, ...rest } = world;
  const documents = { ...files, ...(config === undefined ? {} : { [CONFIG]: config }) };
  const texts = Object.entries(documents).map(
    ([path, one]) => [path, typeof one === 'string' ? one : JSON.stringify(one)] as const,
  );
  const system = world.system ?? fakeSystem({ ...rest, files: Object.fromEntries(texts) });
  const host = fakeHost([action], stdin);
  await runCredentialHelper(host, system);
  return { ...host.ending(), system };
}
