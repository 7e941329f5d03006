// Service accounts of Kubernetes that Entra ID trusts: their token is the assertion of a federated credential.

import type { CredentialRequest } from '../../contract.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import { federatedIdentity, type TokenSource } from './open-identity.ts';
import type { AcrSetup, AcrState } from '../setup.ts';

/** The annotation with the client id. Source: cloud-provider-azure pkg/credentialprovider. */
export const ACR_CLIENT_ID = 'kubernetes.azure.com/acr-client-id';

/** The annotation with the tenant. */
export const ACR_TENANT_ID = 'kubernetes.azure.com/acr-tenant-id';

/**
 * The identity of the request's service account.
 *
 * @returns `undefined` where the machine's own identity counts.
 * @throws {@link ProviderFailure} when there is a token and an annotation is missing.
 */
export function serviceAccountIdentity(
  { options }: AcrState,
  { context }: AcrSetup,
  { serviceAccountToken, serviceAccountAnnotations = {} }: CredentialRequest,
): TokenSource | undefined {
  if (serviceAccountToken === undefined) return undefined;
  const clientId = serviceAccountAnnotations[ACR_CLIENT_ID] ?? '';
  const tenantId = serviceAccountAnnotations[ACR_TENANT_ID] ?? '';
  const missing = [
    ...(clientId === '' ? [ACR_CLIENT_ID] : []),
    ...(tenantId === '' ? [ACR_TENANT_ID] : []),
  ];
  if (missing.length === 2 && mayLackAnnotations(options)) return undefined;
  if (missing.length > 0) {
    throw new ProviderFailure(
      `the service account has no annotation ${missing[0]}, or an empty one`,
    );
  }
  const getAssertion = (): Promise<string> => Promise.resolve(serviceAccountToken);
  return federatedIdentity(context, { tenantId, clientId, getAssertion });
}

function mayLackAnnotations({ serviceAccount }: AcrState['options']): boolean {
  return serviceAccount !== undefined && serviceAccount.requireAnnotation !== true;
}
