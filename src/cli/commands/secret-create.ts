// docker-keyring secret create: the Secret that `kubectl create secret docker-registry --dry-run=client` prints.

import {
  createPullSecret,
  createPullSecrets,
  formatPullSecrets,
  type CreatedPullSecret,
  type CreatePullSecretOptions,
} from '../../kubernetes/secret/create-pull-secret.ts';
import { formatSecretYaml } from '../../kubernetes/secret/format-secret-yaml.ts';
import { isFault } from '../../findings/finding.ts';
import { validatePullSecret } from '../../kubernetes/secret/validate-pull-secret.ts';
import { caught, EXIT, UsageError, warn, type CliContext, type ExitCode } from '../context.ts';
import { readStdin, readText } from '../inputs/read-input.ts';

export interface SecretCreateOptions {
  readonly server?: string;
  readonly username?: string;
  readonly password?: string;
  readonly passwordStdin?: boolean;
  readonly email?: string;
  readonly fromFile?: string;
  readonly namespace?: readonly string[];
  readonly appendHash?: boolean;
  readonly output: 'json' | 'yaml';
}

/** Prints the manifest, which contains the password. */
export async function secretCreateCommand(
  context: CliContext,
  name: string,
  options: SecretCreateOptions,
): Promise<ExitCode> {
  const { server, username, email, namespace, appendHash, fromFile } = options;
  // kubectl would take it for an option.
  if (name.startsWith('-')) throw new UsageError("the name of a Secret cannot begin with '-'");
  const dockerConfig = fromFile === undefined ? undefined : await readText(context, fromFile);
  const password = dockerConfig === undefined ? await passwordOf(context, options) : undefined;
  const settings = { name, server, username, password, email, dockerConfig, appendHash };
  const secrets = create(settings, namespace);
  for (const warning of new Set(secrets.flatMap(warningsOf))) warn(context, warning);
  const isJson = options.output === 'json';
  // One document each, as kubectl prints objects.
  context.stdout.write(
    isJson ? formatPullSecrets(secrets) : secrets.map(formatSecretYaml).join('---\n'),
  );
  return EXIT.ok;
}

function create(
  settings: CreatePullSecretOptions,
  namespaces: readonly string[] | undefined,
): readonly CreatedPullSecret[] {
  try {
    if (namespaces === undefined) return [createPullSecret(settings)];
    return createPullSecrets({ ...settings, namespaces });
  } catch (error) {
    const { message } = caught(error, TypeError);
    throw new UsageError(message.replace(/^createPullSecrets?: /, ''), { cause: error });
  }
}

function warningsOf(secret: CreatedPullSecret): string[] {
  const faults = validatePullSecret(secret).filter(isFault);
  return faults.map(
    ({ where, message, hint }) =>
      `${where.field}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

async function passwordOf(
  context: CliContext,
  { username, password, passwordStdin = false }: SecretCreateOptions,
): Promise<string | Uint8Array> {
  if (username === undefined) throw new UsageError('--username is missing');
  if (passwordStdin && password !== undefined) {
    throw new UsageError('--password and --password-stdin exclude each other');
  }
  if (password !== undefined) {
    warn(context, '--password is visible in process lists: use --password-stdin');
    return password;
  }
  if (!passwordStdin) throw new UsageError('--password-stdin is missing');
  if (context.stdin.isTTY) {
    throw new UsageError('--password-stdin requires a pipe or a file as standard input');
  }
  return withoutLineEnd(await readStdin(context));
}

/** Removes one line end, as docker login does. */
function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  return bytes.subarray(0, text.replace(/\r?\n$/, '').length);
}
