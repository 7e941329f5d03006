// Asks one provider for one image: through the cache, on behalf of a pod where the provider wants that, and so that
// whatever a provider does wrong costs nothing but its own answer.

import { given, own } from '../../util/own.ts';
import type { Credential } from '../../credential/credential.ts';
import type { ProviderError } from '../../errors.ts';
import { withDeadline } from '../../system/deadline.ts';
import type { System } from '../../system/system.ts';
import { askNow, DEADLINE_MS, expiryOf, type Asked, type Received } from './ask-provider.ts';
import {
  createFreshCache,
  type Call,
  type Loaded,
  type Question,
  type Served,
} from '../cache/fresh-cache.ts';
import { questionKeys, scopeKey, type Reach } from '../cache/question-keys.ts';
import { shareAnswer } from '../cache/share-answers.ts';
import type { Fleet } from '../cache/fleet.ts';
import type { CredentialProvider, CredentialResponse } from '../contract.ts';
import { failureOf } from './failure-of.ts';
import { holdsRefused } from './holds-refused.ts';
import {
  identityFor,
  NOBODY,
  type GetServiceAccountToken,
  type Identity,
  type NotAsked,
  type PodContext,
} from './identity.ts';
import {
  createSecretMemory,
  secretsOf,
  type SecretMemory,
} from '../../util/redaction/secret-memory.ts';
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
  /** What a registry has refused: a kept answer that holds one of these is asked for again. */
  readonly refused?: readonly Credential[] | undefined;
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

/** What decides which answers of a fleet will do. */
interface Sharing {
  readonly declared: string | undefined;
  readonly isRefused: ((response: Response) => boolean) | undefined;
}

interface ProviderState {
  readonly id: number;
  readonly secrets: SecretMemory;
  learned?: Reach;
}

/** Makes an asker with an empty cache. */
export function createProviderAsker(options: ProviderAskerOptions): ProviderAsker {
  const {
    system,
    fleet,
    logger,
    keepFresh = false,
    getServiceAccountToken: defaultGetToken,
    onBackgroundFailure,
  } = own(options);
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

  function questionOf(asked: Asked, refused: readonly Credential[] = []): Question<Response> {
    const { provider, image, identity } = asked;
    const { id, learned } = stateOf(provider);
    const declared = given(provider, 'cacheScope')?.call(provider, image);
    const prefix = `${id} ${identity.key}\n`;
    const keys = questionKeys({ prefix, image, declared, learned });
    const keyOf = (reach: Reach): string =>
      declared === undefined ? scopeKey(prefix, image, reach) : keys.ownKey;
    const isRefused =
      refused.length === 0
        ? undefined
        : (response: Response) => holdsRefused(fitToImage(asked, response), refused);
    return {
      ...keys,
      isRefused,
      load: (call) => load(asked, { declared, keyOf, isRefused }, call),
    };
  }

  async function load(
    asked: Asked,
    { keyOf, ...sharing }: Sharing & { readonly keyOf: (reach: Reach) => string },
    call: Call,
  ): Promise<Loaded<Response>> {
    const { provider, image, identity } = asked;
    const state = stateOf(provider);
    state.secrets.remember(identity.token);
    logger?.debug({ provider: provider.name, image }, 'Refreshing cache for provider');
    try {
      const received = await receive(asked, sharing, call);
      state.secrets.remember(secretsOf(Object.values(received.response?.auth ?? {})));
      const response = withSafeWords(received.response, state.secrets);
      if (response !== undefined) state.learned = response.cacheKeyType;
      const key = keyOf(response?.cacheKeyType ?? 'Image');
      return { ...expiryOf(provider, received), value: response, key };
    } catch (error) {
      call.signal.throwIfAborted();
      const failure = failureOf(asked, error, state.secrets);
      if (call.isBackground) onBackgroundFailure(failure);
      throw failure;
    }
  }

  function receive(asked: Asked, { declared, isRefused }: Sharing, call: Call): Promise<Received> {
    const ask = (): Promise<Received> => askNow(system, asked, call);
    if (fleet === undefined) return ask();
    const { provider, image, identity } = asked;
    return shareAnswer(fleet, system, {
      provider,
      scope: [provider.name, identity.key, declared ?? null, declared ?? image],
      call,
      expiryOf: (received) => expiryOf(provider, received),
      ask,
      isRefused,
    });
  }

  async function identify(
    provider: CredentialProvider,
    pod: PodContext | undefined,
    signal: AbortSignal,
  ): Promise<Identity | NotAsked> {
    const tokenAttributes = given(provider, 'tokenAttributes');
    const getToken = given(provider, 'getServiceAccountToken') ?? defaultGetToken;
    if (tokenAttributes === undefined) return NOBODY;
    const deadline = { operation: 'getServiceAccountToken', timeoutMs: DEADLINE_MS, signal };
    return withDeadline(system, deadline, (either) =>
      identityFor(tokenAttributes, { pod, getToken, signal: either }),
    );
  }

  function answerOf(asked: Asked, served: Served<Response, ProviderError>): ProviderAnswer {
    const { provider, identity } = asked;
    if (served.from === 'failure') {
      return own({ provider, error: served.error, retryInMs: served.retryInMs });
    }
    const { value, from } = served;
    return own({ provider, response: fitToImage(asked, value), identity, from });
  }

  function failed(provider: CredentialProvider, image: string, error: unknown): ProviderAnswer {
    const { secrets } = stateOf(provider);
    return own({ provider, error: failureOf({ provider, image }, error, secrets), retryInMs: 0 });
  }

  return {
    known(provider, image) {
      if (given(provider, 'tokenAttributes') !== undefined) return undefined;
      try {
        const skipped = skippedAnswer(provider);
        if (skipped !== undefined) return skipped;
        const asked = { provider, image, identity: NOBODY };
        const served = cache.peek(questionOf(asked));
        return served === undefined ? undefined : answerOf(asked, served);
      } catch (error) {
        return failed(provider, image, error);
      }
    },
    async ask(provider, image, { pod, signal, refused }) {
      try {
        const skipped = skippedAnswer(provider);
        if (skipped !== undefined) return skipped;
        const identity = await identify(provider, pod, signal);
        if ('reason' in identity) return own({ provider, notAsked: identity.reason });
        const asked = { provider, image, identity };
        return answerOf(asked, await cache.get(questionOf(asked, refused), signal));
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

/** The answer of a provider that has nothing for any image at present. */
function skippedAnswer(provider: CredentialProvider): ProviderAnswer | undefined {
  const notAsked = given(provider, 'skipReason')?.call(provider);
  return notAsked === undefined ? undefined : own({ provider, notAsked });
}

/** What a provider says of an answer is shown, as what it says of a failure is. */
function withSafeWords(response: Response, secrets: Pick<SecretMemory, 'redact'>): Response {
  const said = response?.serviceAccountTokenUnused;
  if (response === undefined || said === undefined) return response;
  return own({ ...response, serviceAccountTokenUnused: secrets.redact(said) });
}

/** A kept answer as it is served: what a registry refused is a credential of that form. */
function fitToImage({ provider, image }: Asked, response: Response): Response {
  const forImage = given(provider, 'forImage');
  return response === undefined || forImage === undefined
    ? response
    : checkResponse(forImage.call(provider, response, image));
}
