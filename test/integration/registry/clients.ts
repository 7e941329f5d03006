// crane and skopeo as child processes, each run with the credentials that it is given and no others.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeSystem } from '../../../src/system/node-system.ts';
import type { Ending } from '../credential-helper/installed-helper.ts';
import { CRANE, goProgram } from './go-program.ts';

/** Who the client is to be; both may be left out, for nobody. */
export interface ClientLogin {
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** Both clients. */
export interface Clients {
  crane(args: readonly string[], login?: ClientLogin): Promise<Ending>;
  skopeo(args: readonly string[], login?: ClientLogin): Promise<Ending>;
}

/** Clients that trust an authority, by its file, beside nobody. */
export function createClients(directory: string, caFile: string): Clients {
  const commands = { crane: goProgram(CRANE), skopeo: 'skopeo' };
  const run = async (
    name: keyof typeof commands,
    args: readonly string[],
    login?: ClientLogin,
  ): Promise<Ending> => {
    const home = mkdtempSync(join(directory, 'client-'));
    const authFile = join(home, 'config.json');
    writeFileSync(authFile, JSON.stringify({ auths: authsOf(login) }));
    const { exitCode, stdout, stderr } = await nodeSystem.run({
      command: commands[name],
      args,
      stdin: '',
      env: {
        ...process.env,
        HOME: home,
        DOCKER_CONFIG: home,
        REGISTRY_AUTH_FILE: authFile,
        SSL_CERT_FILE: caFile,
      },
      timeoutMs: 60_000,
      maxOutputBytes: 10_000_000,
    });
    rmSync(home, { recursive: true });
    return { exitCode, stdout: Buffer.from(stdout).toString('utf8'), stderr };
  };
  return {
    crane: (args, login) => run('crane', args, login),
    skopeo: (args, login) => run('skopeo', args, login),
  };
}

function authsOf(login: ClientLogin | undefined): object {
  if (login === undefined) return {};
  const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  return { [login.host]: { auth } };
}

/** What a client printed; fails with its own words where it did not succeed. */
export async function printed(ending: Promise<Ending>): Promise<string> {
  const { exitCode, stdout, stderr } = await ending;
  if (exitCode !== 0) throw new Error(`a client failed: ${stderr}`);
  return stdout.trim();
}
