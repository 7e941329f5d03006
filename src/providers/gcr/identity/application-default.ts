// A token by Application Default Credentials, through google-auth-library.

import type { AuthClient, GoogleAuthOptions } from 'google-auth-library';
import { withDeadline } from '../../../system/deadline.ts';
import type { System } from '../../../system/system.ts';
import { importPackage } from '../../cloud/import-package.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import { checkToken, type AccessToken } from './access-token.ts';
import {
  checkDocument,
  findCredentialsFile,
  readCredentialsFile,
  type CredentialsDocument,
  type FileSystem,
} from './credentials-file.ts';
import { impersonate } from './impersonation.ts';
import { networkFailure, statusFailure } from '../google-request.ts';
import { createSdkTransport, type SdkTransport } from './sdk-transport.ts';

export type DefaultCredentialsSystem = FileSystem &
  Pick<System, 'http' | 'now' | 'random' | 'setTimer'>;

const DEADLINE_MS = 30_000;
/** The keyring's cache tries again after a failure. The SDK's own retries are for a lost connection alone. */
const RETRIES = { retry: 1, noResponseRetries: 1 } as const;
const ANY_URL = /^/;
const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';

/** What to do when a kind of credentials is refused. */
const HINTS: Readonly<Record<string, string>> = {
  authorized_user: 'run gcloud auth application-default login again',
  service_account: "the key may be deleted or disabled, or this machine's clock wrong",
  external_account: "look at the file's credential_source and at the pool's provider",
  external_account_authorized_user: 'run gcloud auth application-default login again',
};

export interface TokenRequest {
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Gets a token from the file that GOOGLE_APPLICATION_CREDENTIALS or gcloud names. Each time with a client of its own:
 * the SDK's clients keep their token nearly to its end, so that a refresh would get the old one.
 */
export async function applicationDefaultToken(
  system: DefaultCredentialsSystem,
  request: TokenRequest,
): Promise<AccessToken> {
  const file = await findCredentialsFile(system, request.signal);
  if (file === undefined) {
    throw new ProviderFailure(
      'there are no Application Default Credentials: run gcloud auth application-default login, ' +
        'or let GOOGLE_APPLICATION_CREDENTIALS name a file',
    );
  }
  const document = await readCredentialsFile(system, file, request.signal);
  return tokenOf(system, document, { ...request, path: file.path });
}

interface FileTokenRequest extends TokenRequest {
  readonly path: string;
}

function tokenOf(
  system: DefaultCredentialsSystem,
  document: CredentialsDocument,
  request: FileTokenRequest,
): Promise<AccessToken> {
  return document.type === 'impersonated_service_account'
    ? impersonatedToken(system, document, request)
    : sdkToken(system, document, request);
}

/** Not by Google's SDK: it would send the source's requests without our proxies and deadlines. */
async function impersonatedToken(
  system: DefaultCredentialsSystem,
  document: CredentialsDocument,
  request: FileTokenRequest,
): Promise<AccessToken> {
  const { path, scopes, signal } = request;
  const url = String(document['service_account_impersonation_url']);
  const account = /\/serviceAccounts\/([^/:\s]+):generateAccessToken$/.exec(url)?.[1];
  if (account === undefined) {
    throw new ProviderFailure(`${path} does not say which service account to impersonate`);
  }
  const sourceDocument = checkDocument(document['source_credentials'], `${path} (its source)`);
  const source = await tokenOf(system, sourceDocument, { ...request, scopes: [CLOUD_PLATFORM] });
  const delegates: unknown = document['delegates'];
  return impersonate(system, source, {
    account,
    delegates: Array.isArray(delegates) ? delegates.map(String) : [],
    scopes,
    signal,
  });
}

async function sdkToken(
  system: DefaultCredentialsSystem,
  document: CredentialsDocument,
  { path, scopes, signal }: FileTokenRequest,
): Promise<AccessToken> {
  const { GoogleAuth } = await importPackage(
    'google-auth-library',
    () => import('google-auth-library'),
  );
  const operation = `Getting a token for ${path}`;
  return withDeadline(system, { operation, timeoutMs: DEADLINE_MS, signal }, async (stop) => {
    const transport = createSdkTransport(system, stop);
    try {
      const auth = new GoogleAuth(authOptions(document, { scopes, signal: stop }, transport));
      const client = await auth.getClient();
      shareTransport(client);
      const { token } = await client.getAccessToken();
      const given = { username: 'oauth2accesstoken', token } as const;
      return checkToken({ ...given, expiresAtMs: client.credentials.expiry_date }, path);
    } catch (error) {
      stop.throwIfAborted();
      if (error instanceof ProviderFailure) throw error;
      // The SDK's own errors hold requests and answers, secrets among them: none becomes a cause or a message.
      throw failureOf({ document, path, transport, nowMs: system.now() });
    }
  });
}

function authOptions(
  document: CredentialsDocument,
  { scopes, signal }: TokenRequest,
  { fetch }: SdkTransport,
): GoogleAuthOptions {
  return {
    credentials: document,
    scopes: [...scopes],
    clientOptions: {
      transporterOptions: {
        fetchImplementation: fetch as never,
        // Proxies are the System's. For one of its own the SDK would call import(), which Jest refuses by default.
        noProxy: [ANY_URL],
        retryConfig: RETRIES,
        signal,
      },
    },
  };
}

/** Clients of external accounts make themselves another transport for the token service (baseexternalclient.js). */
function shareTransport(client: AuthClient): void {
  const { stsCredential } = client as { readonly stsCredential?: { transporter: unknown } };
  if (stsCredential !== undefined) stsCredential.transporter = client.transporter;
}

interface FailureContext {
  readonly document: CredentialsDocument;
  readonly path: string;
  readonly transport: SdkTransport;
  readonly nowMs: number;
}

function failureOf({
  document: { type },
  path,
  transport,
  nowMs,
}: FailureContext): ProviderFailure {
  const hint = HINTS[type] as string;
  const cause = transport.lastFailure();
  if (cause !== undefined) {
    return networkFailure(`Google, asked with ${path}, does not answer`, cause);
  }
  const response = transport.lastResponse();
  if (response !== undefined && response.status >= 400) {
    const { status } = response;
    const hints = status < 500 && status !== 429 ? { [status]: hint } : {};
    return statusFailure(response, { from: `Google, asked with ${path},`, nowMs, hints });
  }
  return new ProviderFailure(`no token could be got with ${path}: ${hint}`);
}
