// The serving side of the protocol of Docker's credential helpers, as docker/docker-credential-helpers v0.9.12 has it
// (credentials/credentials.go): one command, its input on standard input, its answer or error on standard output.

import { encodeMap, encodeText } from '../../go/encode-json.ts';
import { foldName } from '../../go/fold-name.ts';
import type { JsonReader, JsonSyntaxError } from '../../go/json-error.ts';
import { readString } from '../../go/json-string.ts';
import { jsonReader, nextKind, readObject, skipValue } from '../../go/json.ts';
import { oneLine } from '../../util/text/one-line.ts';
import type { HelperBackend } from './backend.ts';
import {
  encodeCredential,
  HELPER_MESSAGES,
  HelperError,
  type HelperCredential,
  type HelperProcess,
} from './contract.ts';
import { joinChain } from './loops.ts';

/** A helper's names. */
export interface HelperIdentity {
  /** Of the program: `docker-credential-keyring`. */
  readonly name: string;
  /** Of the package, for `version`. */
  readonly packageName: string;
  readonly version: string;
}

/** Opens the backend; `server` is given for `get` only. */
type OpenBackend = (server?: string) => Promise<HelperBackend>;

type Command = (stdin: HelperProcess['stdin'], open: OpenBackend) => Promise<string>;

const COMMANDS: Readonly<Record<string, Command>> = {
  async get(stdin, open) {
    const server = await readServer(stdin);
    const credential = await withBackend(open(server), (backend) => backend.get(server));
    return encodeCredential(credential);
  },
  async list(_stdin, open) {
    const servers = await withBackend(open(), (backend) => backend.list());
    return `${encodeMap([...servers], encodeText)}\n`;
  },
  async store(stdin, open) {
    const credential = await readCredential(stdin);
    await withBackend(open(), (backend) => backend.store(credential));
    return '';
  },
  async erase(stdin, open) {
    const server = await readServer(stdin);
    await withBackend(open(), (backend) => backend.erase(server));
    return '';
  },
};

/** Runs one command. Never rejects; the process's `exitCode` is 1 for a failure. */
export async function serveHelperProtocol(
  host: HelperProcess,
  identity: HelperIdentity,
  open: OpenBackend,
): Promise<void> {
  // A client that closes its end is not an error.
  host.stderr.on?.('error', () => {});
  host.stdout.on?.('error', ({ code }) => {
    if (code !== 'EPIPE') host.exitCode = 1;
  });
  const restoreOutput = divertOutput(host);
  const { text, isFailure } = await runCommand(host, identity, open).catch((error: unknown) => {
    const message = oneLine(String((Object(error) as Partial<Error>).message));
    return { text: `${message}\n`, isFailure: true };
  });
  restoreOutput();
  host.stdout.write(text);
  host.exitCode = isFailure === true ? 1 : 0;
}

/** Sends what a source prints meanwhile to standard error: a client would take it for the answer. */
function divertOutput({ stdout, stderr }: HelperProcess): () => void {
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return () => void (stdout.write = write);
}

interface CommandResult {
  readonly text: string;
  readonly isFailure?: boolean;
}

async function runCommand(
  host: HelperProcess,
  { name, packageName, version }: HelperIdentity,
  open: OpenBackend,
): Promise<CommandResult> {
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

async function withBackend<T>(
  opening: Promise<HelperBackend>,
  work: (backend: HelperBackend) => Promise<T>,
): Promise<T> {
  const backend = await opening;
  try {
    return await work(backend);
  } finally {
    await backend.close();
  }
}

/** Tokens have some kilobytes. Go's helpers refuse a line of more than 64 KiB. */
const MAX_INPUT_BYTES = 1024 * 1024;

/** The input of `get` and `erase`. */
async function readServer(stdin: HelperProcess['stdin']): Promise<string> {
  const server = trimSpace((await readLines(stdin)).toString('utf8'));
  if (server === '') throw new HelperError(HELPER_MESSAGES.noServer);
  return server;
}

/** The input of `store`. Go's decoder ignores what follows the JSON value. */
async function readCredential(stdin: HelperProcess['stdin']): Promise<HelperCredential> {
  const fields = decodeFields(await readLines(stdin));
  const { serverurl: server = '', username = '', secret = '' } = fields;
  if (server === '') throw new HelperError(HELPER_MESSAGES.noServer);
  if (username === '') throw new HelperError(HELPER_MESSAGES.noUsername);
  return { server, username, secret };
}

/** All lines, concatenated without their line ends (bufio.ScanLines). */
async function readLines(stdin: HelperProcess['stdin']): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.length;
    if (size > MAX_INPUT_BYTES) {
      throw new HelperError(`the input is longer than ${MAX_INPUT_BYTES} bytes`);
    }
    chunks.push(bytes);
  }
  // As latin1, one character is one byte: a line may end within invalid UTF-8.
  const text = Buffer.concat(chunks).toString('latin1');
  return Buffer.from(text.replaceAll(/\r?\n|\r$/g, ''), 'latin1');
}

const FIELDS = ['serverurl', 'username', 'secret'] as const;

type Fields = Partial<Record<(typeof FIELDS)[number], string>>;

/** Go matches field names in any case, takes the last of several, and ignores null. */
function decodeFields(bytes: Buffer): Fields {
  const reader = jsonReader(bytes);
  const fields: Fields = {};
  try {
    const kind = nextKind(reader);
    if (kind === 'object') readObject(reader, (name) => readField(reader, fields, name));
    else if (kind === 'null') skipValue(reader);
    else throw new HelperError('the credentials must be a JSON object');
    return fields;
  } catch (error) {
    if (error instanceof HelperError) throw error;
    throw new HelperError(
      `the credentials are malformed: ${(error as JsonSyntaxError).problem.reason}`,
    );
  }
}

function readField(reader: JsonReader, fields: Fields, name: string): void {
  const field = FIELDS.find((one) => one === foldName(name));
  const kind = nextKind(reader);
  if (field === undefined || kind === 'null') skipValue(reader);
  else if (kind === 'string') fields[field] = readString(reader);
  else throw new HelperError('ServerURL, Username and Secret must be strings');
}

/** Go's unicode.IsSpace: not the byte order mark, which JavaScript trims. */
const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Not one regular expression, which would take quadratic time for a long run of spaces. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text.charAt(start))) start += 1;
  while (end > start && SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
