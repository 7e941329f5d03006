// A fake system whose requests reach fakes on loopback under the names that the real services have.

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ServicePrincipalSecret } from '../../../../src/providers/acr/acr-options.ts';
import type { CredentialRequest } from '../../../../src/providers/contract.ts';
import type { HttpRequest } from '../../../../src/system/system.ts';
import type { FakeServer } from '../../../../src/testing/fake-server.ts';
import type { FakeReply } from '../../fakes/fake-system.ts';

export const TENANT = '11111111-2222-3333-4444-555555555555';
export const CLIENT = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
export const SECRET = 'lab~secret+/=&%';
/** The application of Entra ID. */
export const APPLICATION: Readonly<Record<'tenantId' | 'clientId' | 'secret', string>> = {
  tenantId: TENANT,
  clientId: CLIENT,
  secret: SECRET,
};
/** The same as an identity. */
export const SERVICE_PRINCIPAL: ServicePrincipalSecret = {
  kind: 'service-principal',
  tenantId: TENANT,
  clientId: CLIENT,
  clientSecret: SECRET,
};
export const IMAGE = 'labreg.azurecr.io/team-a/app';

/** A request as a provider gets it. */
export function asked(
  image: string = IMAGE,
  more: Partial<CredentialRequest> = {},
): CredentialRequest {
  return { image, signal: new AbortController().signal, ...more };
}

/** Answers requests by the fake that a host name leads to; other names do not resolve. */
export function throughFakes(
  routes: Readonly<Record<string, FakeServer & { readonly ca?: string }>>,
): (request: HttpRequest) => Promise<FakeReply> {
  return async (request) => {
    const { hostname } = new URL(request.url);
    const server = routes[hostname];
    if (server !== undefined) return send(request, server);
    throw Object.assign(new Error(`${hostname} does not resolve`), { code: 'ENOTFOUND' });
  };
}

function send(
  { url, method = 'GET', headers = {}, body, signal }: HttpRequest,
  { port, ca }: FakeServer & { readonly ca?: string },
): Promise<FakeReply> {
  const { protocol, host, hostname, pathname, search } = new URL(url);
  const common = { host: '127.0.0.1', port, method, path: pathname + search, agent: false };
  const withHost = { ...headers, host };
  return new Promise((resolve, reject) => {
    const receive = (response: IncomingMessage): void => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      // A reset may come behind the head of an answer.
      response.on('error', reject).on('end', () => {
        const { statusCode: status = 0, headersDistinct } = response;
        resolve({ status, headers: headersDistinct as Record<string, string[]>, body: text });
      });
    };
    const sent =
      protocol === 'https:'
        ? httpsRequest({ ...common, headers: withHost, servername: hostname, ca, signal }, receive)
        : httpRequest({ ...common, headers: withHost, signal }, receive);
    sent.on('error', reject).end(body);
  });
}
