// Errors as registries write them (OCI distribution specification v1.1, "Error Codes").

import type { FakeReply } from '../fake-request.ts';

const MESSAGES: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'authentication required',
  MANIFEST_UNKNOWN: 'manifest unknown',
  BLOB_UNKNOWN: 'blob unknown to registry',
  NAME_UNKNOWN: 'repository name not known to registry',
};

/** An answer with one error. */
export function errorReply(status: number, code: string): FakeReply {
  const message = MESSAGES[code] ?? code.toLowerCase();
  return { status, body: { errors: [{ code, message }] } };
}
