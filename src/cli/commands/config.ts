// docker-keyring config: all static credentials, merged into one config.json.

import { own } from '../../util/own.ts';
import { resolve } from 'node:path';
import { writeDockerConfig } from '../../config/write-docker-config.ts';
import { createKeyring } from '../../create-keyring/create-keyring.ts';
import type { DockerAuth, DockerConfigJson } from '../../credential/docker-config-json.ts';
import { count } from '../../util/text/count.ts';
import { shownUrl } from '../../util/redaction/shown-url.ts';
import {
  EXIT,
  print,
  UsageError,
  warn,
  warnOfProblem,
  type CliContext,
  type ExitCode,
} from '../context.ts';
import { jsonText } from '../render/inert.ts';
import { readKeyringInputs, type InputOptions } from '../inputs/keyring-inputs.ts';
import { reasonOf } from '../inputs/read-input.ts';
import { styleOf } from '../render/style.ts';
import { printable, table } from '../render/text.ts';

export interface ConfigOptions extends InputOptions {
  readonly output: 'text' | 'json';
  readonly showSecrets?: boolean;
  readonly write?: string;
}

const REDACTED = '[redacted]';
const SECRET_FIELDS = ['auth', 'password', 'identitytoken', 'registrytoken'] as const;

/** Prints the document, or writes it to a file. */
export async function configCommand(
  context: CliContext,
  options: ConfigOptions,
): Promise<ExitCode> {
  const inputs = await readKeyringInputs(context, options);
  const keyring = createKeyring({
    ...inputs.keyring,
    onProblem: (problem) => warnOfProblem(context, problem),
  });
  const document = await keyring.toDockerConfig();
  const isEmpty = Object.keys(document.auths).length === 0;
  if (options.write !== undefined) return write(context, document, options.write);
  const showSecrets = options.showSecrets === true;
  if (options.output === 'text') print(context, renderTable(context, document, showSecrets));
  else context.stdout.write(jsonText(showSecrets ? document : redacted(document), '\t'));
  return isEmpty ? EXIT.found : EXIT.ok;
}

/** An empty document is not written: the node whose file it replaces would lose all credentials. */
async function write(
  context: CliContext,
  document: DockerConfigJson,
  path: string,
): Promise<ExitCode> {
  const { system } = context;
  const entries = Object.keys(document.auths).length;
  if (entries === 0) {
    warn(context, `${path} was not written, because there are no entries`);
    return EXIT.found;
  }
  const absolute = resolve(system.workingDirectory(), path);
  await writeDockerConfig(absolute, document, { system }).catch((error: unknown) => {
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  });
  print(context, `wrote ${count(entries, 'entry', 'entries')} to ${printable(path)}\n`);
  return EXIT.ok;
}

function redacted({ auths }: DockerConfigJson): DockerConfigJson {
  const entries = Object.entries(auths).map(
    ([key, auth]) => [shownUrl(key), redactedAuth(auth)] as const,
  );
  return { auths: Object.fromEntries(entries) };
}

function redactedAuth(auth: DockerAuth): DockerAuth {
  const hidden = SECRET_FIELDS.filter((field) => Object.hasOwn(auth, field));
  return { ...auth, ...Object.fromEntries(hidden.map((field) => [field, REDACTED])) };
}

function renderTable(
  context: CliContext,
  { auths }: DockerConfigJson,
  showSecrets: boolean,
): string {
  const style = styleOf(context);
  const rows = Object.entries(auths).map(([key, auth]) => {
    const { username, secrets } = readAuth(auth);
    const isSecret = secrets.some(([, secret]) => secret === username);
    return [
      style.colors.cyan(printable(showSecrets ? key : shownUrl(key))),
      isSecret && !showSecrets ? REDACTED : printable(username),
      secrets
        .map(([name, value]) => (showSecrets ? `${name} ${printable(value)}` : name))
        .join(', '),
    ];
  });
  return rows.length === 0 ? 'no entries\n' : table(rows, '', style.width);
}

/** The user name, and the secrets with their names. */
function readAuth(given: DockerAuth): { username: string; secrets: readonly [string, string][] } {
  const auth = own(given);
  const pair = Buffer.from(auth.auth ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const { username = pair.slice(0, Math.max(0, colon)), password = pair.slice(colon + 1) } = auth;
  const secrets: readonly [string, string][] = [
    ['password', password],
    ['identity token', auth.identitytoken ?? ''],
    ['registry token', auth.registrytoken ?? ''],
  ];
  return { username, secrets: secrets.filter(([, value]) => value !== '') };
}
