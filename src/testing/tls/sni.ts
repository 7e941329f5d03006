// Certificates that are made when a client asks for a name (SNI, RFC 6066).

import { createSecureContext, type SecureContext } from 'node:tls';
import type { TestCertificate } from './certificates.ts';

/** Makes the option `SNICallback` of a TLS server. A name that no certificate can have ends the handshake, and no more. */
export function certificateByName(
  issue: (name: string) => Pick<TestCertificate, 'cert' | 'key'>,
): (name: string, use: (error: Error | null, context?: SecureContext) => void) => void {
  return (name, use) => {
    let context: SecureContext;
    try {
      context = createSecureContext(issue(name));
    } catch (error) {
      return use(error as Error);
    }
    use(null, context);
  };
}
