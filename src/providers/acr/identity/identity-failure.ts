// Why an identity got no token, from the errors of @azure/identity. Their messages hold answers of servers, so nothing
// of them is passed on but Entra ID's error codes, which are public, and what a few well-known phrases mean.

import { MissingPackageError, TimeoutError } from '../../../errors.ts';
import { isRecord } from '../../../util/is-record.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import { ThrottledError } from './identity-http-client.ts';

/** Entra ID's error codes. Source: learn.microsoft.com/entra/identity-platform/reference-error-codes. */
const MEANINGS: Readonly<Record<string, string>> = {
  '50034': 'the user is not of this tenant',
  '50055': 'the password has expired: log in again',
  '50076': 'a second factor is asked for: log in again',
  '50079': 'a second factor must be set up: log in again',
  '50173': 'the login has been revoked: log in again',
  '53003': 'a Conditional Access policy forbids it',
  '65001': 'the application lacks consent',
  '70021':
    'no federated credential of the application matches the token: compare issuer, subject and audience',
  '700016': 'the tenant has no application of this client id: check clientId and tenantId',
  '700024': 'the assertion is not valid now: check this machine’s clock',
  '700027': 'the certificate is not registered with the application, or its signature is wrong',
  '700082': 'the login has expired: log in again',
  '700211': 'no federated credential of the application has the token’s issuer',
  '700212': 'no federated credential of the application has the token’s audience',
  '700213': 'no federated credential of the application has the token’s subject',
  '700223': 'the tenant does not allow this federated credential',
  '7000112': 'the application is disabled',
  '7000215': 'the client secret is wrong: use its value, not its id',
  '7000222': 'the client secret has expired: create a new one',
  '7000229': 'the application has no service principal in this tenant',
  '90002': 'there is no such tenant: check tenantId, and the cloud',
  '500011':
    'the tenant does not know the registries’ service: set scope to https://management.azure.com/.default',
};

const PHRASES: readonly (readonly [RegExp, string])[] = [
  [
    /multiple user assigned identities/i,
    'this machine has several managed identities: name one by its client id (clientId, AZURE_CLIENT_ID, or userAssignedIdentityID in azure.json)',
  ],
  [/identity not found/i, 'this machine has no such managed identity: assign it, or check its id'],
  // A tool that is not installed names the command to log in as well.
  [/could not be found|not installed/i, 'it is not installed'],
  [/az login/i, 'Azure CLI is not logged in: run az login'],
  [/azd auth login/i, 'Azure Developer CLI is not logged in: run azd auth login'],
  [/connect-azaccount/i, 'Azure PowerShell is not logged in: run Connect-AzAccount'],
  [/pem/i, 'the certificate is not PEM with a certificate and its private key'],
];

const MAX_DEPTH = 6;

/** What is known of a failure beside the SDK's error. */
export interface FailureContext {
  /** The identity, as a phrase: `the service principal 1234`. */
  readonly who: string;
  /** The error of the last request, or of the assertion, which the SDK hides. */
  readonly hidden?: unknown;
}

/**
 * Makes an error of the SDK one that can be shown.
 *
 * @returns the error itself where it is ours.
 */
export function identityFailure(
  error: unknown,
  { who, hidden }: FailureContext,
): ProviderFailure | MissingPackageError {
  if (error instanceof ProviderFailure || error instanceof MissingPackageError) return error;
  if (hidden instanceof ProviderFailure) return hidden;
  const retryAfterMs = hidden instanceof ThrottledError ? hidden.retryAfterMs : undefined;
  const cause = new Error(errorName(error));
  const reason = reasonOf(error, hidden);
  return new ProviderFailure(`${who} got no token: ${reason}`, { cause, retryAfterMs });
}

/** The reason, as a phrase that repeats nothing of a server's answer. */
function reasonOf(error: unknown, hidden: unknown): string {
  const text = textsOf(error, MAX_DEPTH).join('\n');
  const codes = [...new Set([...text.matchAll(/AADSTS(\d{4,9})/g)].map(([, code]) => code))];
  if (codes.length > 0) return codes.map((code) => explainCode(String(code))).join('; ');
  if (hidden instanceof ThrottledError) return 'too many requests';
  if (hidden instanceof TimeoutError) return 'the login service did not answer in time';
  const phrase = PHRASES.find(([pattern]) => pattern.test(text))?.[1];
  if (phrase !== undefined) return phrase;
  const code = networkCode(hidden) ?? networkCode(error);
  return code === undefined
    ? `the Azure SDK failed with ${errorName(error)}`
    : `the login service cannot be reached (${code})`;
}

function explainCode(code: string): string {
  const meaning = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  return meaning === undefined
    ? `AADSTS${code}, see https://login.microsoftonline.com/error?code=${code}`
    : `AADSTS${code}, ${meaning}`;
}

/** The messages of an error and of what it holds: causes, and the errors of a chain. */
function textsOf(error: unknown, depth: number): readonly string[] {
  if (!isRecord(error) || depth === 0) return [];
  const { message, cause, errors, errorResponse } = error;
  const description = isRecord(errorResponse) ? errorResponse['errorDescription'] : undefined;
  const inner = [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return [
    ...[message, description].filter((one) => typeof one === 'string'),
    ...inner.flatMap((one) => textsOf(one, depth - 1)),
  ];
}

/** Node's code of what went wrong with a connection, such as `ENOTFOUND`. */
export function networkCode(error: unknown, depth: number = MAX_DEPTH): string | undefined {
  if (!isRecord(error) || depth === 0) return undefined;
  const { code, cause } = error;
  const isNodes = typeof code === 'string' && /^(?!ERR_KEYRING_)[A-Z][A-Z0-9_]+$/.test(code);
  return isNodes ? code : networkCode(cause, depth - 1);
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'something that is not an Error';
}
