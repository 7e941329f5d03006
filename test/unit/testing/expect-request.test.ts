import { describe, expect, test } from '@jest/globals';
import {
  expectForm,
  expectHeaders,
  expectQuery,
  startFakeServer,
  type FakeReply,
  type FakeRequest,
} from 'docker-keyring/testing';
import { ask } from './client.ts';

const form = 'application/x-www-form-urlencoded';
const refused = (problems: string): FakeReply => ({
  status: 400,
  body: { error: 'invalid_request', error_description: problems },
});

describe('A form', () => {
  const rules = {
    required: { grant_type: 'access_token', service: /\.azurecr\.io$/ },
    optional: ['tenant'],
  };

  test.each([
    ['grant_type=access_token&service=a.azurecr.io', undefined],
    ['grant_type=access_token&service=a.azurecr.io&tenant=', undefined],
    ['service=a.azurecr.io', 'field "grant_type" is missing'],
    [
      'grant_type=password&service=a.azurecr.io.evil.com',
      'field "grant_type" must be access_token; field "service" must be /\\.azurecr\\.io$/',
    ],
    [
      'grant_type=access_token&service=a.azurecr.io&tenant=1&tenant=2',
      'field "tenant" is there 2 times',
    ],
    ['grant_type=access_token&service=a.azurecr.io&x=1&x=2', 'field "x" is unknown'],
  ])('%s', async (body, problems) => {
    const request = await recorded({ headers: { 'content-type': `${form}; charset=utf-8` }, body });
    expect(expectForm(request, rules)).toEqual(problems && refused(problems));
  });

  test.each(['application/json', `${form}x`, ''])('has its content type, not %p', async (type) => {
    const request = await recorded({ headers: type === '' ? {} : { 'content-type': type } });
    expect(expectForm(request, {})).toEqual(
      refused('the content type is not application/x-www-form-urlencoded'),
    );
  });
});

describe('A query', () => {
  test.each([
    ['api-version=2018-02-01', undefined],
    ['api-version=2017', 'query parameter "api-version" must be 2018-02-01'],
    ['api-version=2018-02-01&b', 'query parameter "b" is unknown'],
  ])('%s', async (query, problems) => {
    const request = await recorded({ path: `/?${query}` });
    const rules = { required: { 'api-version': '2018-02-01' }, optional: { a: /^1$/ } };
    expect(expectQuery(request, rules)).toEqual(problems && refused(problems));
  });
});

describe('Headers', () => {
  test.each([
    [['Metadata', 'true'], undefined],
    [['Metadata', 'True'], 'header "metadata" must be true'],
    [['Metadata', 'true', 'metadata', 'true'], 'header "metadata" is there 2 times'],
    [
      ['X-Forwarded-For', '::1'],
      'header "metadata" is missing; header "X-Forwarded-For" is forbidden',
    ],
  ])('%j', async (headers, problems) => {
    const request = await recorded({ headers: ['Host', 'a', ...headers] });
    expect(
      expectHeaders(request, { required: { Metadata: 'true' }, forbidden: ['X-Forwarded-For'] }),
    ).toEqual(problems && refused(problems));
  });

  test('that no rule names may be there', async () => {
    expect(expectHeaders(await recorded({ headers: { a: 'b' } }), {})).toBeUndefined();
  });
});

/** A request as it comes over the wire. */
async function recorded({
  path = '/',
  ...options
}: {
  readonly path?: string;
  readonly headers?: Record<string, string> | string[];
  readonly body?: string;
}): Promise<FakeRequest> {
  await using server = await startFakeServer(() => ({}));
  await ask(server.url + path, { method: 'POST', ...options });
  const [request] = server.requests;
  if (request === undefined) throw new Error('The server recorded nothing.');
  return request;
}
