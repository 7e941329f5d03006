// From an identity to a registry's token: the challenge and the token of Entra ID at once, then the exchange.

import type { AcrState } from './setup.ts';
import { askForChallenge, exchangeToken, type AcrChallenge, type AcrExchange } from './exchange.ts';
import { readClaims } from '../../credential/jwt.ts';
import { loginServerOf, type LoginServer } from './login-server.ts';
import type { TokenSource } from './identity/open-identity.ts';

/** What Entra ID is asked for since 2025; before, it was Resource Manager's `https://management.azure.com/.default`. */
export const REGISTRY_SCOPE = 'https://containerregistry.azure.net/.default';

/** Which registry, for whom. */
export interface RegistryTokenRequest {
  readonly server: LoginServer;
  readonly source: TokenSource;
  readonly signal: AbortSignal;
}

/** Gets a registry's refresh token. */
export async function registryToken(
  state: AcrState,
  request: RegistryTokenRequest,
): Promise<string> {
  const { server, source, signal } = request;
  const [challenge, { token }] = await Promise.all([
    challengeOf(state, server, signal),
    source.getToken(state.options.scope ?? REGISTRY_SCOPE, signal),
  ]);
  return exchange(state, request, { challenge, aadToken: token });
}

/** Exchanges a token of Entra ID. The tenant is the identity's, or else the one in the token's claims. */
export async function exchange(
  { system }: AcrState,
  { server, source, signal }: RegistryTokenRequest,
  { challenge, aadToken }: Pick<AcrExchange, 'challenge' | 'aadToken'>,
): Promise<string> {
  const tenantId = source.tenantId ?? readClaims(aadToken).tenantId;
  return exchangeToken(system, { server, challenge, aadToken, tenantId, who: source.who, signal });
}

/** Asks a registry for its challenge, whose realm may be on a host that the user listed. */
export async function challengeOf(
  { system, options }: AcrState,
  server: LoginServer,
  signal: AbortSignal,
): Promise<AcrChallenge> {
  const { hosts = [] } = options;
  return askForChallenge(
    system,
    { server, signal },
    (host) => loginServerOf(host, { suffixes: [], hosts }) !== undefined,
  );
}
