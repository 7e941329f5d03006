// How google-auth-library talks to the network: by the System, so that deadlines, proxies and sizes are those of all
// our requests, and a redirect leads no secret elsewhere.

import type { HttpResponse, System } from '../../../system/system.ts';

/** What the SDK sends: texts and forms. */
interface SdkRequest {
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: string | URLSearchParams;
}

/** A `fetch` for the SDK, and the outcome of its last request. */
export interface SdkTransport {
  readonly fetch: (url: URL, init: SdkRequest) => Promise<Response>;
  /** The last response, whatever its status. */
  lastResponse(): HttpResponse | undefined;
  /** Why the last request had no response. */
  lastFailure(): unknown;
}

const CALL_MS = 30_000;
const NO_BODY_STATUSES = new Set([204, 205, 304]);

/** Makes a transport; the SDK's metadata requests would not go through it. */
export function createSdkTransport(
  system: Pick<System, 'http'>,
  signal: AbortSignal,
): SdkTransport {
  let response: HttpResponse | undefined;
  let failure: unknown;
  return {
    async fetch(url, { method = 'GET', headers, body }) {
      response = undefined;
      failure = undefined;
      try {
        response = await system.http({
          url: url.href,
          method,
          headers: headersOf(headers, body),
          timeoutMs: CALL_MS,
          signal,
          ...(body === undefined ? {} : { body: body.toString() }),
        });
      } catch (error) {
        failure = error;
        throw error;
      }
      return toResponse(response);
    },
    lastResponse: () => response,
    lastFailure: () => failure,
  };
}

/** As `fetch` does, a form sets its own content type. */
function headersOf(
  given: Headers | undefined,
  body: SdkRequest['body'],
): Readonly<Record<string, string>> {
  const isForm = body !== undefined && typeof body !== 'string';
  const form = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' };
  return { ...(isForm ? form : {}), ...Object.fromEntries(given ?? []) };
}

function toResponse({ status, headers, body }: HttpResponse): Response {
  const pairs = [...headers].flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return new Response(NO_BODY_STATUSES.has(status) ? null : body, { status, headers: pairs });
}
