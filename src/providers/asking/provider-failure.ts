// How a provider of this package says why it failed, in words that hold no secret.

/** What is known beside the reason. */
export interface ProviderFailureOptions extends ErrorOptions {
  /** How long the other side wants to be left alone (`Retry-After`), in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** A provider's own failure; the message says what happened and what to do, as a phrase after "failed for IMAGE: ". */
export class ProviderFailure extends Error {
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, { retryAfterMs, ...options }: ProviderFailureOptions = {}) {
    super(reason, options);
    this.name = 'ProviderFailure';
    this.retryAfterMs = retryAfterMs;
  }
}
