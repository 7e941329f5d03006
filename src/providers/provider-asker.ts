// Asks one provider for one image: through the cache, on behalf of a pod where the provider wants that, and so that
// whatever a provider does wrong costs nothing but its own answer.

import type { ProviderError } from '../errors.ts';
import { withDeadline } from '../system/deadline.ts';
import type { System } from '../system/system.ts';
import { askNow, DEADLINE_MS, expiryOf, type Asked, type Received } from './ask-now.ts';
import {
  createFreshCache,
  type Call,
  type Loaded,
  type Question,
  type Served,
} from './cache/fresh-cache.ts';
import { questionKeys, scopeKey, type Reach } from './cache/question-keys.ts';
import { shareAnswer } from './cache/share-answers.ts';
import type { Fleet } from './cache/store/fleet.ts';
import type { CredentialProvider, CredentialResponse } from './contract.ts';
import { failureOf } from './failure-of.ts';
import {
  identityFor,
  NOBODY,
  type GetServiceAccountToken,
  type Identity,
  type NotAsked,
  type PodContext,
} from './identity.ts';
import { createSecretMemory, type SecretMemory } from './secret-memory.ts';
import { checkResponse } from './check-response.ts';

/** What one provider did. */
export type ProviderAnswer =
  | {
      readonly provider: CredentialProvider;
      readonly response: CredentialResponse | undefined;
      readonly identity: Identity;
      readonly from: 'cache' | 'source';
    }
  | {
      readonly provider: CredentialProvider;
      readonly error: ProviderError;
      /** When it is asked again at the earliest. */
      readonly retryInMs: number;
    }
  | { readonly provider: CredentialProvider; readonly notAsked: string };

/** For whom, and for how long. */
export interface AskContext {
  readonly pod?: PodContext | undefined;
  readonly signal: AbortSignal;
}

/** Asks providers, and remembers what they answered. */
export interface ProviderAsker {
  /** What can be said at once, since it is remembered. */
  known(provider: CredentialProvider, image: string): ProviderAnswer | undefined;
  /** Rejects only when the signal does. */
  ask(provider: CredentialProvider, image: string, context: AskContext): Promise<ProviderAnswer>;
  /** Ends timers and calls. */
  close(): void;
}

/** What pino and others have, as far as it is used. */
export interface Logger {
  debug(details: object, message: string): void;
}

/** What an asker works with. */
export interface ProviderAskerOptions {
  readonly system: Pick<System, 'now' | 'monotonicMs' | 'random' | 'setTimer'>;
  readonly keepFresh?: boolean | undefined;
  readonly getServiceAccountToken?: GetServiceAccountToken | undefined;
  readonly logger?: Logger | undefined;
  /** Shares answers with other processes. */
  readonly fleet?: Fleet | undefined;
  /** Is told of a failure that no lookup waits for. */
  readonly onBackgroundFailure: (error: ProviderError) => void;
}

type Response = CredentialResponse | undefined;

interface ProviderState {
  readonly id: number;
  readonly secrets: SecretMemory;
  learned?: Reach;
}

/** Makes an asker with an empty cache. */
export function createProviderAsker(options: ProviderAskerOptions): ProviderAsker {
  const { system, fleet, keepFresh = false, getServiceAccountToken: defaultGetToken } = options;
  const cache = createFreshCache<Response, ProviderError>({ system, keepFresh });
  // Weak, since a set's providers come and go.
  const states = new WeakMap<CredentialProvider, ProviderState>();
  let stateCount = 0;

  function stateOf(provider: CredentialProvider): ProviderState {
    let state = states.get(provider);
    if (state === undefined) {
      state = { id: stateCount, secrets: createSecretMemory() };
      stateCount += 1;
      states.set(provider, state);
    }
    return state;
  }

  function questionOf(asked: Asked): Question<Response> {
    const { provider, image, identity } = asked;
    const { id, learned } = stateOf(provider);
    const declared = provider.cacheScope?.(image);
    const prefix = `${id} ${identity.key}\n`;
    const keys = questionKeys({ prefix, image, declared, learned });
    const keyOf = (reach: Reach): string =>
      declared === undefined ? scopeKey(prefix, image, reach) : keys.ownKey;
    return { ...keys, load: (call) => load(asked, { declared, keyOf }, call) };
  }

  async function load(
    asked: Asked,
    { declared, keyOf }: { declared: string | undefined; keyOf: (reach: Reach) => string },
    call: Call,
  ): Promise<Loaded<Response>> {
    const { provider, image, identity } = asked;
    const state = stateOf(provider);
    state.secrets.remember(identity.token);
    options.logger?.debug({ provider: provider.name, image }, 'Refreshing cache for provider');
    try {
      const received = await receive(asked, declared, call);
      const { response } = received;
      rememberSecrets(state.secrets, response);
      if (response !== undefined) state.learned = response.cacheKeyType;
      const key = keyOf(response?.cacheKeyType ?? 'Image');
      return { ...expiryOf(provider, received), value: response, key };
    } catch (error) {
      call.signal.throwIfAborted();
      const failure = failureOf(asked, error, state.secrets);
      if (call.isBackground) options.onBackgroundFailure(failure);
      throw failure;
    }
  }

  function receive(asked: Asked, declared: string | undefined, call: Call): Promise<Received> {
    const ask = (): Promise<Received> => askNow(system, asked, call);
    if (fleet === undefined) return ask();
    const { provider, image, identity } = asked;
    return shareAnswer(fleet, system.now, {
      scope: JSON.stringify([provider.name, identity.key, declared ?? null, declared ?? image]),
      call,
      expiryOf: (received) => expiryOf(provider, received),
      ask,
    });
  }

  async function identify(
    provider: CredentialProvider,
    pod: PodContext | undefined,
    signal: AbortSignal,
  ): Promise<Identity | NotAsked> {
    const { tokenAttributes, getServiceAccountToken: getToken = defaultGetToken } = provider;
    if (tokenAttributes === undefined) return NOBODY;
    const deadline = { operation: 'getServiceAccountToken', timeoutMs: DEADLINE_MS, signal };
    return withDeadline(system, deadline, (either) =>
      identityFor(tokenAttributes, { pod, getToken, signal: either }),
    );
  }

  function answerOf(asked: Asked, served: Served<Response, ProviderError>): ProviderAnswer {
    const { provider, image, identity } = asked;
    if (served.from === 'failure') {
      return { provider, error: served.error, retryInMs: served.retryInMs };
    }
    const { value, from } = served;
    const response =
      value === undefined || provider.forImage === undefined
        ? value
        : checkResponse(provider.forImage(value, image));
    return { provider, response, identity, from };
  }

  function failed(provider: CredentialProvider, image: string, error: unknown): ProviderAnswer {
    const { secrets } = stateOf(provider);
    return { provider, error: failureOf({ provider, image }, error, secrets), retryInMs: 0 };
  }

  return {
    known(provider, image) {
      if (provider.tokenAttributes !== undefined) return undefined;
      try {
        const asked = { provider, image, identity: NOBODY };
        const served = cache.peek(questionOf(asked));
        return served === undefined ? undefined : answerOf(asked, served);
      } catch (error) {
        return failed(provider, image, error);
      }
    },
    async ask(provider, image, { pod, signal }) {
      try {
        const identity = await identify(provider, pod, signal);
        if ('reason' in identity) return { provider, notAsked: identity.reason };
        const asked = { provider, image, identity };
        return answerOf(asked, await cache.get(questionOf(asked), signal));
      } catch (error) {
        signal.throwIfAborted();
        return failed(provider, image, error);
      }
    },
    close() {
      cache.close();
      fleet?.close();
    },
  };
}

function rememberSecrets(secrets: SecretMemory, response: Response): void {
  for (const entry of Object.values(response?.auth ?? {})) {
    const { username, password, identityToken, registryToken } = entry;
    for (const secret of [password, identityToken, registryToken]) secrets.remember(secret);
    if (password !== '') secrets.remember(`${username}:${password}`);
  }
}
