// Certificates of authorities that are trusted beside the usual ones.

import type { SecureContext } from 'node:tls';

/** The option `ca` takes the place of what is trusted otherwise; this adds to it, whatever flags and variables say. */
export async function trustAlso(ca: string): Promise<SecureContext> {
  const secureContext = process.getBuiltinModule('node:tls').createSecureContext();
  const context = secureContext.context as { addCACert(pem: string): void };
  context.addCACert(await extraCertificates());
  context.addCACert(ca);
  return secureContext;
}

/** On Node 20 they are no longer among the usual ones once another is added (nodejs/node#32010). */
async function extraCertificates(): Promise<string> {
  const { readFile } = process.getBuiltinModule('node:fs/promises');
  // Of a file that cannot be read Node has warned at its start.
  return readFile(process.env['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8').catch(() => '');
}
