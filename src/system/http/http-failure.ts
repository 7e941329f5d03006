// Why there was no answer to an HTTP request, in words that say what to do and hold no secret.

import { TimeoutError } from '../../errors.ts';

/** A failure in words that hold no secret. */
export class HttpFailure extends Error {
  /** What happened and what to do, as a phrase that others put into a sentence; the message names the request too. */
  readonly reason: string;

  constructor(reason: string, { operation, ...options }: HttpFailureOptions = {}) {
    super(operation === undefined ? reason : `${operation}: ${reason}`, options);
    this.name = 'HttpFailure';
    this.reason = reason;
  }
}

/** What is known beside the reason. */
export interface HttpFailureOptions extends ErrorOptions {
  /** Method and URL, without its query. */
  readonly operation?: string;
}

const UNTRUSTED =
  'its certificate is not trusted: set NODE_EXTRA_CA_CERTS to a file with the certificates of the authority that signed it';
const UNREACHABLE = 'the network does not reach it: check the network, HTTPS_PROXY and NO_PROXY';
/** The code of an address that a request must not go to. */
export const FORBIDDEN_ADDRESS = 'ERR_ADDRESS_KIND';

const NO_NAME =
  'the name does not resolve: check the spelling, the DNS, and HTTPS_PROXY if only the proxy resolves names';
const CUT = 'the connection was closed before the answer was complete';
const NO_TLS = 'the TLS handshake failed: check that the port serves https';

/** By the codes of libuv and OpenSSL, as Node gives them; a code that ends in _ is for all that begin with it. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: CUT,
  ERR_STREAM_PREMATURE_CLOSE: CUT,
  EPIPE: 'the connection was closed before the request was complete',
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  ETIMEDOUT: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EADDRNOTAVAIL: UNREACHABLE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_HAS_EXPIRED: "its certificate has expired, or this machine's clock is wrong",
  CERT_NOT_YET_VALID: "its certificate is not valid yet, or this machine's clock is wrong",
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  [FORBIDDEN_ADDRESS]: 'its address is in a network that is not allowed',
  EPROTO: NO_TLS,
  ERR_SSL_: NO_TLS,
  HPE_: 'what came back is not HTTP',
};

/**
 * Why there was no answer, of whatever `System.http` or an SDK with the System's agents rejected with, as a phrase for a
 * message: `nothing listens there (ECONNREFUSED)`.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof HttpFailure) return error.reason;
  if (error instanceof TimeoutError) return `there was no answer within ${error.timeoutMs} ms`;
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return 'no HTTP answer came back';
  const reason = REASONS[code] ?? REASONS[/^(?:ERR_SSL|HPE)_/.exec(code)?.[0] ?? ''];
  return `${reason ?? 'the exchange failed'} (${code})`;
}
