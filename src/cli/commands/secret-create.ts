// docker-keyring secret create: the Secret that `kubectl create secret docker-registry --dry-run=client` prints.

import {
  createPullSecret,
  createPullSecrets,
  formatPullSecrets,
  type CreatedPullSecret,
  type CreatePullSecretOptions,
} from '../../kubernetes/secret/create-pull-secret.ts';
import { formatSecretYaml } from '../../kubernetes/secret/format-secret-yaml.ts';
import { validatePullSecret } from '../../kubernetes/secret/validate-pull-secret.ts';
import { caught, EXIT, UsageError, warn, type CliContext, type ExitCode } from '../context.ts';
import { readStdin, readText } from '../inputs/read-input.ts';

/** The options of `secret create`. */
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

/** Prints the manifest, which holds the password. */
export async function secretCreateCommand(
  context: CliContext,
  name: string,
  options: SecretCreateOptions,
): Promise<ExitCode> {
  const { server, username, email, namespace, appendHash, fromFile } = options;
  // Nobody else could take it as an argument either: kubectl says that there is no NAME.
  if (name.startsWith('-')) throw new UsageError("the name of a Secret does not begin with '-'");
  const dockerConfig = fromFile === undefined ? undefined : await readText(context, fromFile);
  const password = dockerConfig === undefined ? await passwordOf(context, options) : undefined;
  const settings = { name, server, username, password, email, dockerConfig, appendHash };
  const secrets = create(settings, namespace);
  for (const warning of new Set(secrets.flatMap(warningsOf))) warn(context, warning);
  const isJson = options.output === 'json';
  // A document for each, as kubectl prints objects.
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
  return validatePullSecret(secret).map(
    ({ field, message, hint }) => `${field}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
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
    warn(context, 'a --password is visible in process lists; --password-stdin is not');
    return password;
  }
  if (!passwordStdin) throw new UsageError('--password-stdin is missing');
  if (context.stdin.isTTY) {
    throw new UsageError('--password-stdin wants the password from a pipe or a file');
  }
  return withoutLineEnd(await readStdin(context));
}

/** One line end is the pipe's and not the password's, as in docker login. */
function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  return bytes.subarray(0, text.replace(/\r?\n$/, '').length);
}
