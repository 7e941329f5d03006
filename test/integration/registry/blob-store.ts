// A server beside a registry that has its blobs, as clouds have them: whoever is sent to it comes without credentials.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCertificate } from '../../../src/testing/tls/certificates.ts';
import type { FakeReply } from '../../../src/testing/fake-request.ts';
import { startFakeServer, type FakeServer } from '../../../src/testing/fake-server.ts';

/** Starts one for the registries of a folder; it gives ranges too. */
export function startBlobStore(directory: string, tls?: TestCertificate): Promise<FakeServer> {
  return startFakeServer(
    ({ path, headers }): FakeReply => {
      const body = readFileSync(join(directory, 'storage', path));
      const range = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '');
      if (range === null) return { body };
      const [first, last] = [Number(range[1]), Number(range[2])];
      return {
        status: 206,
        headers: { 'content-range': `bytes ${first}-${last}/${body.length}` },
        body: body.subarray(first, last + 1),
      };
    },
    tls === undefined ? {} : { tls },
  );
}
