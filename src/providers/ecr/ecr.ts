// The provider for Amazon ECR, private and public.

import { nodeSystem } from '../../system/node-system.ts';
import type { CredentialProvider, ServiceAccountTokenAttributes } from '../contract.ts';
import { principalOf } from '../principal/describe.ts';
import { awsIdentity } from './aws-identity.ts';
import { diagnoseEcr } from './diagnose.ts';
import { createEcrSessions } from './sessions.ts';
import {
  ownHosts,
  readEcrOptions,
  type EcrOptions,
  type EcrServiceAccountOptions,
} from './ecr-options.ts';
import {
  checkPartition,
  ecrPrincipal,
  IRSA_ANNOTATION,
  ROLE_ANNOTATION,
  serviceAccountPrincipal,
  unusedTokenReason,
} from './principal.ts';
import { ECR_IMAGES, ecrRegistry, type EcrRegistry } from './registry.ts';
import { ecrResponse, forHost } from './token.ts';

/**
 * Makes the provider for Amazon ECR: every private registry of every partition, and ECR Public. It asks the API of the
 * registry's own region, with the credentials that the AWS SDK finds, for a token that is good for twelve hours and for
 * every registry of the region that these credentials may read.
 *
 * It needs the packages `@aws-sdk/client-ecr`, for ECR Public `@aws-sdk/client-ecr-public`, and for roles
 * `@aws-sdk/credential-providers`; they are loaded when the first image of ECR is looked up.
 *
 * @throws TypeError when an option is not what it must be.
 * @example
 * ```ts
 * const keyring = createKeyring({
 *   providers: [ecr({ accounts: { '123456789012': { roleArn: 'arn:aws:iam::123456789012:role/pull' } } })],
 * });
 * ```
 */
export function ecr(given: EcrOptions = {}): CredentialProvider {
  const options = readEcrOptions(given);
  const { serviceAccount, system = nodeSystem } = options;
  const hosts = ownHosts(options);
  const sessions = createEcrSessions(options, system);
  const registryOf = (image: string): EcrRegistry | undefined => ecrRegistry(image, hosts);
  return {
    name: 'ecr',
    matchImages: options.matchImages ?? [...ECR_IMAGES, ...hosts.keys()],
    ...(serviceAccount === undefined ? {} : { tokenAttributes: tokenAttributes(serviceAccount) }),
    cacheScope(image) {
      const registry = registryOf(image);
      return registry && sessions.scopeOf(ecrPrincipal(registry, options, system));
    },
    cachePrincipal: async () =>
      // Only the caller knows whose credentials a function gives.
      typeof options.credential === 'function' ? undefined : principalOf(await awsIdentity(system)),
    async provide(request) {
      const registry = registryOf(request.image);
      if (registry === undefined) return undefined;
      const own = ecrPrincipal(registry, options, system);
      const principal = serviceAccount ? serviceAccountPrincipal(own, request, system) : own;
      checkPartition(registry.region, principal);
      const unused = serviceAccount && unusedTokenReason(request, system);
      return sessions.use(principal, request.signal, async (session) => ({
        ...ecrResponse(registry.host, await session.authorize(request.signal)),
        ...(unused === undefined ? {} : { serviceAccountTokenUnused: unused }),
      }));
    },
    forImage(response, image) {
      const registry = registryOf(image);
      return registry === undefined ? response : forHost(response, registry.host);
    },
    diagnose: async (request) => diagnoseEcr(request, { options, sessions, system, registryOf }),
  };
}

function tokenAttributes({
  audience = 'sts.amazonaws.com',
  requireAnnotation = false,
  requireServiceAccount = requireAnnotation,
}: EcrServiceAccountOptions): ServiceAccountTokenAttributes {
  return {
    serviceAccountTokenAudience: audience,
    // What STS gives depends on the service account and its role alone.
    cacheType: 'ServiceAccount',
    requireServiceAccount,
    ...(requireAnnotation
      ? { requiredServiceAccountAnnotationKeys: [ROLE_ANNOTATION] }
      : // The second one tells nothing but that the first one may be meant.
        { optionalServiceAccountAnnotationKeys: [ROLE_ANNOTATION, IRSA_ANNOTATION] }),
  };
}
