// What does not keep a node from pulling, or not today.

import type { CredentialSource } from '../../credential/credential.ts';
import { describeSource } from '../../credential/describe-source.ts';
import { decodePullSecret } from '../../kubernetes/secret/decode-pull-secret.ts';
import type { PullSecret } from '../../kubernetes/pull-secret.ts';
import { PULL_SECRET_KEYS } from '../../kubernetes/secret/secret-data.ts';
import { parseImageReference } from '../../reference/image-reference.ts';
import { isRenewable } from '../client/candidates.ts';
import { placeOf } from './placed-object.ts';
import type { ImageFinding } from './verify-image.ts';
import type { RegistryUsage, VerifiedCandidate, VerifyWarning } from './verify-report.ts';
import { secretName, type VerifyPlan } from './verify-targets.ts';

/** What is warned of. */
export interface WarningRules {
  /** Normalized. */
  readonly platforms: readonly string[];
  readonly nowMs: number;
  readonly expiresWithinMs: number;
}

/** When fewer than this part of a limit is left. */
const FEW = 0.1;

/** The warnings about one image. */
export function warningsOf(finding: ImageFinding, rules: WarningRules): VerifyWarning[] {
  // The name may be none.
  if (finding.status === 'invalid-name' || finding.status === 'pod-refused') return [];
  return [
    ...latestTag(finding),
    ...refusedBefore(finding),
    ...missingPlatforms(finding, rules.platforms),
    ...ending(finding, rules),
  ];
}

function latestTag({ image }: ImageFinding): VerifyWarning[] {
  const { tag, digest } = parseImageReference(image);
  if (tag !== 'latest' || digest !== undefined) return [];
  const isWritten = image.endsWith(':latest');
  const message = isWritten ? 'it is named by the tag latest' : 'it has no tag, which means latest';
  const hint = 'name a version or a digest, so that every node runs the same';
  return [{ code: 'latest-tag', message, hint }];
}

function refusedBefore({ accepted, candidates }: ImageFinding): VerifyWarning[] {
  if (accepted === undefined) return [];
  const refused = candidates.filter(({ outcome }) => outcome === 'refused');
  return refused.map((candidate) => ({
    code: 'credential-refused',
    message: `${describeCandidate(candidate)} is refused: ${candidate.message}; a node tries it first`,
    hint: 'remove it or correct it',
  }));
}

/** Of one that is not the anonymous try, which is the last. */
function describeCandidate({ source, key }: VerifiedCandidate): string {
  return `${describeSource(source as CredentialSource)} (${key})`;
}

function missingPlatforms(
  { status, platforms }: ImageFinding,
  wanted: readonly string[],
): VerifyWarning[] {
  if (status !== 'pullable') return [];
  if (platforms === undefined) {
    if (wanted.length === 0) return [];
    return [{ code: 'platform-missing', message: 'the registry does not tell its platforms' }];
  }
  return wanted
    .filter((platform) => !platforms.includes(platform))
    .map((platform) => ({
      code: 'platform-missing',
      message: `it is not for ${platform}, only for ${platforms.join(', ')}`,
    }));
}

function ending(
  { accepted }: ImageFinding,
  { nowMs, expiresWithinMs }: WarningRules,
): VerifyWarning[] {
  if (accepted?.expiresAt === undefined) return [];
  const endMs = Date.parse(accepted.expiresAt);
  if (endMs > nowMs + expiresWithinMs) return [];
  const verb = endMs > nowMs ? 'ends' : 'ended';
  const message = `${describeCandidate(accepted)} is accepted, and ${verb} at ${accepted.expiresAt}`;
  const isRenewed = isRenewable(accepted.source as CredentialSource);
  const hint = isRenewed ? 'a node gets a new one from there by itself' : 'renew it';
  return [{ code: 'credential-expires', message, hint }];
}

/**
 * The warnings about pull secrets that are of no use.
 *
 * @param useful - Names of those that gave a credential for an image, or may have one for an image that was not looked up.
 */
export async function secretWarnings(
  { secrets, used, namespaces }: VerifyPlan,
  useful: ReadonlySet<string>,
): Promise<VerifyWarning[]> {
  // One without a namespace would be applied to that of the pods. Where no pod is, a secret is somebody else's.
  const own = secrets.filter(({ secret: { metadata } }) => {
    return metadata?.namespace ? namespaces.has(metadata.namespace) : namespaces.size > 0;
  });
  const warnings = own.map(async ({ secret, placed }): Promise<VerifyWarning[]> => {
    const name = secretName(secret);
    const found = used.has(name) ? uselessness(secret, name, useful) : disuse(secret, name, useful);
    if (found === undefined) return [];
    const place = await placeOf(placed, ['metadata', 'name']);
    return [{ code: 'pull-secret-unused', ...found, ...place }];
  });
  return (await Promise.all(warnings)).flat();
}

type Saying = Pick<VerifyWarning, 'message' | 'hint'>;

/** An image that was named by itself may have got its credential from it. */
function disuse(
  { type }: PullSecret,
  name: string,
  useful: ReadonlySet<string>,
): Saying | undefined {
  if (!PULL_SECRET_KEYS.has(String(type)) || useful.has(name)) return undefined;
  return {
    message: `no pod uses the pull secret ${name}`,
    hint: 'name it in imagePullSecrets of a pod or its service account, or leave it out',
  };
}

function uselessness(
  secret: PullSecret,
  name: string,
  useful: ReadonlySet<string>,
): Saying | undefined {
  const decoded = decodePullSecret(secret, { tokens: false });
  if (decoded.status === 'ignored') {
    return { message: `a node takes nothing from the pull secret ${name}: ${decoded.message}` };
  }
  if (useful.has(name)) return undefined;
  return {
    message: `the pull secret ${name} has no entry for any image of the pods that use it`,
    hint: 'docker-keyring explain shows its entries and why none matches',
  };
}

/** The warnings about registries that allow few pulls more. */
export function rateLimitWarnings(registries: readonly RegistryUsage[]): VerifyWarning[] {
  return registries.flatMap(({ registry, rateLimit }) => {
    if (rateLimit === undefined) return [];
    const { remaining, limit } = rateLimit;
    if (remaining > limit * FEW) return [];
    const message = `${registry} allows ${remaining} more of ${limit} pulls`;
    return [{ code: 'rate-limit' as const, message, hint: 'log in, or wait, before nodes pull' }];
  });
}
