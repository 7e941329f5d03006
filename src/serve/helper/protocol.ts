// The serving side of the protocol of Docker's credential helpers, as docker/docker-credential-helpers v0.9.12 has it
// (credentials/credentials.go, Serve and HandleCommand): answers and errors on standard output, 1 as the code of failure.

import { encodeMap, encodeText } from '../../go/encode-json.ts';
import type { HelperBackend } from './backend.ts';
import { joinChain } from './loops.ts';
import { readCredential, readServer } from './helper-input.ts';
import { encodeCredential } from './helper-json.ts';
import { HelperError, type HelperProcess } from './contract.ts';
import { oneLine } from '../../util/one-line.ts';

/** A helper's names. */
export interface HelperIdentity {
  /** The program's: `docker-credential-keyring`. */
  readonly name: string;
  /** The package's, for `version`. */
  readonly packageName: string;
  readonly version: string;
}

/** Makes what answers ready; is told the server where one is asked for. */
type OpenBackend = (server?: string) => Promise<HelperBackend>;

/** Serves one command. Never rejects; the process's `exitCode` says how it ended. */
export async function serveHelperProtocol(
  host: HelperProcess,
  identity: HelperIdentity,
  open: OpenBackend,
): Promise<void> {
  // That the client has gone away is no error of anybody.
  host.stderr.on?.('error', () => {});
  host.stdout.on?.('error', ({ code }) => {
    if (code !== 'EPIPE') host.exitCode = 1;
  });
  const putBack = divertOutput(host);
  const { text, isFailure } = await answer(host, identity, open).catch((error: unknown) => {
    const message = oneLine(String((Object(error) as Partial<Error>).message));
    return { text: `${message}\n`, isFailure: true };
  });
  putBack();
  host.stdout.write(text);
  host.exitCode = isFailure === true ? 1 : 0;
}

/** What a source prints meanwhile goes to standard error: a client would take it for the answer. */
function divertOutput({ stdout, stderr }: HelperProcess): () => void {
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return () => void (stdout.write = write);
}

interface Answer {
  readonly text: string;
  readonly isFailure?: boolean;
}

async function answer(
  host: HelperProcess,
  identity: HelperIdentity,
  open: OpenBackend,
): Promise<Answer> {
  const { name, packageName, version } = identity;
  const usage = `Usage: ${name} <store|get|erase|list|version>\n`;
  const [action = '', ...others] = host.argv.slice(2);
  if (action === '' || others.length > 0) return { text: usage, isFailure: true };
  if (['--help', '-h'].includes(action)) return { text: usage };
  if (['version', '--version', '-v'].includes(action)) {
    return { text: `${name} (${packageName}) ${version}\n` };
  }
  const command = Object.hasOwn(COMMANDS, action) ? COMMANDS[action] : undefined;
  if (command === undefined) throw new HelperError(`${name}: unknown action: ${action}`);
  joinChain(host.env, name);
  return { text: await command(host.stdin, open) };
}

type Command = (stdin: HelperProcess['stdin'], open: OpenBackend) => Promise<string>;

const COMMANDS: Readonly<Record<string, Command>> = {
  async get(stdin, open) {
    const wanted = await readServer(stdin);
    return encodeCredential(
      await using(
        () => open(wanted),
        (backend) => backend.get(wanted),
      ),
    );
  },
  async store(stdin, open) {
    const credential = await readCredential(stdin);
    await using(open, (backend) => backend.store(credential));
    return '';
  },
  async erase(stdin, open) {
    const server = await readServer(stdin);
    await using(open, (backend) => backend.erase(server));
    return '';
  },
  async list(_stdin, open) {
    const servers = await using(open, (backend) => backend.list());
    return `${encodeMap([...servers], encodeText)}\n`;
  },
};

async function using<T>(
  open: () => Promise<HelperBackend>,
  work: (backend: HelperBackend) => Promise<T>,
): Promise<T> {
  const backend = await open();
  try {
    return await work(backend);
  } finally {
    await backend.close();
  }
}
