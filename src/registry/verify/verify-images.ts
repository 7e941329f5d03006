// verifyImages: could a node pull all of these with these secrets?

import { isRecord } from '../../util/is-record.ts';
import { withoutUndefined } from '../../util/without-undefined.ts';
import { readOptions, isFunctionOption, isText, type Check } from '../../util/option-checks.ts';
import { namespaced } from '../../credential/describe-source.ts';
import { getOrAdd } from '../../util/get-or-add.ts';
import type { PullSecret } from '../../kubernetes/pull-secret.ts';
import type { ImageReference } from '../../reference/image-reference.ts';
import { abortable } from '../../util/abort.ts';
import {
  CANDIDATE_CHECKS,
  isCount,
  type RegistryKeyring,
  type RegistryOptions,
  type TenantKeyring,
} from '../client/options.ts';
import { sessionOf, type Session } from '../client/session.ts';
import { judgeUnasked } from './unasked-images.ts';
import type { VerifyInput } from './placed-object.ts';
import { normalizePlatform } from './platforms.ts';
import { lowerLimit } from './rate-limit.ts';
import { verifyImage, type ImageFinding } from './verify-image.ts';
import type { RegistryUsage, VerifiedImage, VerifyReport } from './verify-report.ts';
import { planOf, secretName, type VerifyPlan, type VerifyTarget } from './verify-targets.ts';
import { rateLimitWarnings, secretWarnings, warningsOf } from './verify-warnings.ts';
import { has } from '../../util/own.ts';

/** One image more has been verified. */
export interface VerifyProgress {
  readonly done: number;
  readonly total: number;
  readonly image: VerifiedImage;
}

/** How images are verified. */
export interface VerifyOptions extends RegistryOptions {
  /**
   * How many images of one registry are asked about at the same time.
   *
   * @defaultValue 6
   */
  readonly concurrency?: number | undefined;
  /**
   * Platforms that every image must have, such as `linux/arm64`. With a list, an empty one too, the platforms are read,
   * which takes a GET of the manifest, and so counts as a pull at some registries; without, a HEAD is all.
   *
   * @defaultValue they are not read
   */
  readonly platforms?: readonly string[] | undefined;
  /**
   * Warns of credentials that end within this time, in milliseconds.
   *
   * @defaultValue 0: of those that have ended
   */
  readonly expiresWithinMs?: number | undefined;
  /**
   * The namespace of objects that name none.
   *
   * @defaultValue `default` for pods; Secrets and ServiceAccounts count in every namespace
   */
  readonly namespace?: string | undefined;
  /**
   * Whether, when every credential was refused, it is tried without. A kubelet does not.
   *
   * @defaultValue `false`
   */
  readonly anonymous?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Is told of each image that has been verified. */
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
}

const { pod: _, ...COMMON_CHECKS } = CANDIDATE_CHECKS;
const CHECKS: Readonly<Record<keyof VerifyOptions, Check>> = {
  ...COMMON_CHECKS,
  concurrency: (value) => (isCount(value, 1) ? undefined : 'must be a number from 1 on'),
  platforms: (value) =>
    Array.isArray(value) && value.every((one) => /^[\w-]+\/[\w-]+(?:\/[\w-]+)?$/.test(String(one)))
      ? undefined
      : 'must be an array of platforms, such as linux/arm64',
  expiresWithinMs: (value) =>
    isCount(value, 0) ? undefined : 'must be a number of milliseconds from 0 on',
  namespace: (value) => (isText(value) ? undefined : 'must be a text'),
  onProgress: isFunctionOption,
};

const CONCURRENCY = 6;

/**
 * Says of each image whether a node could pull it, by asking its registry for the manifest with each credential that the
 * node would try, in order, until one is accepted. Nothing is downloaded: a HEAD is all, unless platforms are asked for.
 *
 * @param images - Image references, which get the keyring's own credentials; and Kubernetes objects of any kind: each pod
 * that they are or make gets the pull secrets that it would have by the Secrets and ServiceAccounts among them.
 * @param keyring - Knows the credentials beside the pods' own.
 * @returns A report without secrets. An image that cannot be pulled is no error.
 * @throws TypeError for a wrong option or input; the signal's reason.
 * @example
 * ```ts
 * const report = await verifyImages(await parseManifests(text), createKeyring());
 * for (const { image, status, message } of report.images) console.log(image, status, message);
 * ```
 */
export async function verifyImages(
  images: readonly VerifyInput[],
  keyring: TenantKeyring,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  checkArguments(images, keyring);
  const given = readOptions('verifyImages', options, CHECKS);
  const session = sessionOf('verifyImages', keyring, given);
  return abortable([given.signal], async (signal) => {
    const plan = await planOf(images, keyring, given.namespace);
    return verifyPlan({ plan, session, options: given, signal });
  });
}

function checkArguments(images: unknown, keyring: unknown): void {
  const areInputs =
    Array.isArray(images) && images.every((one) => typeof one === 'string' || isRecord(one));
  if (!areInputs) {
    throw new TypeError('verifyImages: images must be an array of texts and Kubernetes objects');
  }
  if (!isRecord(keyring) || typeof keyring['withPullSecrets'] !== 'function') {
    throw new TypeError('verifyImages: the keyring must have lookup() and withPullSecrets()');
  }
}

interface Work {
  readonly plan: VerifyPlan;
  readonly session: Session;
  readonly options: VerifyOptions;
  readonly signal: AbortSignal;
}

async function verifyPlan(work: Work): Promise<VerifyReport> {
  const { plan, session, options } = work;
  const { concurrency = CONCURRENCY, onProgress } = options;
  const requestsOf = (registry: string): number => session.requestCounts.get(registry) ?? 0;
  const { default: pLimit } = await import('p-limit');
  const limits = new Map<string, ReturnType<typeof pLimit>>();
  const before = new Map<string, number>();
  const useful = new Set<string>();
  const untried = new Set<readonly PullSecret[]>();
  const findings: ImageFinding[] = [];
  let done = 0;

  async function verifyOne(target: VerifyTarget): Promise<VerifiedImage> {
    const judged = judgeUnasked(target);
    const finding = has(judged, 'finding') ? judged.finding : await ask(target, judged.reference);
    // It was not even looked up.
    if (finding.candidates.length === 0) untried.add(target.secrets);
    const image = withUses(target, finding, work);
    done += 1;
    onProgress?.({ done, total: plan.targets.length, image });
    return image;
  }

  async function ask(
    { image, keyring }: VerifyTarget,
    { registry }: ImageReference,
  ): Promise<ImageFinding> {
    getOrAdd(before, registry, () => requestsOf(registry));
    const limit = getOrAdd(limits, registry, () => pLimit(concurrency));
    const finding = await limit(() =>
      verifyImage({
        session,
        image,
        keyring: noting(keyring, useful),
        anonymous: options.anonymous,
        readsPlatforms: options.platforms !== undefined,
        signal: work.signal,
      }),
    );
    findings.push(finding);
    return finding;
  }

  const images = await Promise.all(plan.targets.map(verifyOne));
  for (const secrets of untried) noteAll(secrets, useful);
  const registries = [...before].map(([registry, count]) =>
    usageOf(registry, findings, requestsOf(registry) - count),
  );
  return {
    ok: images.every(({ status }) => status === 'pullable'),
    images,
    warnings: [
      ...plan.warnings,
      ...(await secretWarnings(plan, useful)),
      ...rateLimitWarnings(registries),
    ],
    registries,
  };
}

/** A keyring that notes which pull secrets it gave credentials from. */
function noting(keyring: RegistryKeyring, useful: Set<string>): RegistryKeyring {
  return {
    async lookup(image, context) {
      const credentials = await keyring.lookup(image, context);
      for (const { source } of credentials) {
        if (source.kind === 'pull-secret') useful.add(namespaced(source));
      }
      return credentials;
    },
  };
}

function noteAll(secrets: readonly PullSecret[], useful: Set<string>): void {
  for (const secret of secrets) useful.add(secretName(secret));
}

function withUses(
  { uses, hint }: VerifyTarget,
  { rateLimit: _rateLimit, ...finding }: ImageFinding,
  { session, options }: Work,
): VerifiedImage {
  const { platforms = [], expiresWithinMs = 0 } = options;
  const nowMs = session.system.now();
  const rules = { platforms: platforms.map(normalizePlatform), nowMs, expiresWithinMs };
  return {
    ...finding,
    ...withoutUndefined({ hint: adviceOn(finding, hint) }),
    usedBy: uses,
    warnings: warningsOf(finding, rules),
  };
}

/** Other pull secrets may help with what was refused or hidden, and with nothing else. */
function adviceOn(
  { status, hint }: Pick<ImageFinding, 'status' | 'hint'>,
  aboutPod: string | undefined,
): string | undefined {
  if (status === 'refused') return aboutPod ?? hint;
  return status === 'not-found' && aboutPod !== undefined ? `${hint}; ${aboutPod}` : hint;
}

function usageOf(
  registry: string,
  findings: readonly ImageFinding[],
  requests: number,
): RegistryUsage {
  const own = findings.filter((one) => one.registry === registry);
  const rateLimit = own.map((one) => one.rateLimit).reduce(lowerLimit, undefined);
  return {
    registry,
    images: own.length,
    requests,
    ...(rateLimit === undefined ? {} : { rateLimit }),
  };
}
