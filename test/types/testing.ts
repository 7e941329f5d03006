// Compiled by `npx tsc`, and by test/package against the packed declarations. Never run.
import { createTestCertificate, startFakeProxy, startFakeServer } from 'docker-keyring/testing';
import type { FakeReply, FakeRequest } from 'docker-keyring/testing';

function answer({ host, path, query }: FakeRequest): FakeReply {
  return { headers: { 'x-twice': ['a', 'b'] }, body: { host, path, query: query.get('q') } };
}

export async function serve(): Promise<number> {
  const tls = await createTestCertificate(['registry.example.com', '*.azurecr.io', '127.0.0.1']);
  await using server = await startFakeServer(answer, { tls, now: () => 0 });
  await using proxy = await startFakeProxy({ '*.azurecr.io:443': server.host });
  server.inject({ kind: 'status', status: 429, retryAfter: '1' }, { times: 1 });
  // @ts-expect-error There is no such fault.
  server.inject({ kind: 'explode' });
  return server.requests.length + proxy.connects.length;
}
