// What a credential helper is told on its standard input, read as docker/docker-credential-helpers v0.9.12 reads it
// (credentials/credentials.go, Store, Get and Erase).

import type { JsonReader, JsonSyntaxError } from '../../go/json-error.ts';
import { readString } from '../../go/json-string.ts';
import { jsonReader, nextKind, readObject, skipValue } from '../../go/json.ts';
import { foldName } from '../../go/fold-name.ts';
import { HELPER_MESSAGES, HelperError, type HelperProcess } from './contract.ts';

/** A credential as the protocol has it: the user name of an identity token is `<token>`. */
export interface HelperCredential {
  /** The server, as the client calls it: `ghcr.io`, `https://index.docker.io/v1/`. */
  readonly server: string;
  readonly username: string;
  readonly secret: string;
}

/** Tokens have some kilobytes. Go's helpers refuse a line of more than 64 KiB. */
const MAX_INPUT_BYTES = 1024 * 1024;

/** Reads the name of a server. */
export async function readServer(stdin: HelperProcess['stdin']): Promise<string> {
  const server = trimSpace((await readLines(stdin)).toString('utf8'));
  if (server === '') throw new HelperError(HELPER_MESSAGES.noServer);
  return server;
}

/** Reads a credential. What follows the JSON value is not looked at, as Go's decoder does not. */
export async function readCredential(stdin: HelperProcess['stdin']): Promise<HelperCredential> {
  const fields = decodeFields(await readLines(stdin));
  const { serverurl: server = '', username = '', secret = '' } = fields;
  if (server === '') throw new HelperError(HELPER_MESSAGES.noServer);
  if (username === '') throw new HelperError(HELPER_MESSAGES.noUsername);
  return { server, username, secret };
}

/** Lines, one after the other without what ended them (bufio.ScanLines). */
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
  // As bytes one to one: a line may end within what is no UTF-8.
  const text = Buffer.concat(chunks).toString('latin1');
  return Buffer.from(text.replaceAll(/\r?\n|\r$/g, ''), 'latin1');
}

const FIELDS = ['serverurl', 'username', 'secret'] as const;

type Fields = Partial<Record<(typeof FIELDS)[number], string>>;

/** Go takes a field's name in any case, the last of several, and null for nothing. */
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

/** Not by one regular expression: that would look for the end of the text behind each blank in it. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text.charAt(start))) start += 1;
  while (end > start && SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
