// What is to be verified: images that were named by themselves, and those of the pods that objects would make, each with
// the pull secrets that such a pod would have.

import { namespaced } from '../../credential/describe-source.ts';
import { fieldText } from '../../kubernetes/pod/field-path.ts';
import type { PodTemplateProblem } from '../../kubernetes/pod/image-refusals.ts';
import type { NamedImage } from '../../kubernetes/pod/named-images.ts';
import { templatesOf } from '../../kubernetes/pod/pod-templates.ts';
import type { PullSecret, ServiceAccountLike } from '../../kubernetes/pull-secret.ts';
import { getOrAdd } from '../../util/get-or-add.ts';
import type { RegistryKeyring, TenantKeyring } from '../client/options.ts';
import {
  objectsIn,
  placeOf,
  type KnownObject,
  type PlacedObject,
  type VerifyInput,
} from './placed-object.ts';
import {
  secretsOfPod,
  type GivenObjects,
  type OwnedWarning,
  type PlacedPod,
  type PodRefusal,
  type PodSecrets,
} from './pod-secrets.ts';
import type { ImageUse, VerifyWarning } from './verify-report.ts';

/** An image, and whose credentials are tried for it. */
export interface VerifyTarget {
  readonly image: string;
  readonly keyring: RegistryKeyring;
  /** The pull secrets of the pods that name it. */
  readonly secrets: readonly PullSecret[];
  readonly uses: readonly ImageUse[];
  /** What is not known about the pod, for an image that cannot be pulled. */
  readonly hint: string | undefined;
  /** Why the API server refuses the pods that name it. */
  readonly refusals: readonly PodRefusal[];
  readonly isNeverPulled: boolean;
}

/** Everything that is to be verified, and what was odd on the way there. */
export interface VerifyPlan {
  readonly targets: readonly VerifyTarget[];
  readonly warnings: readonly VerifyWarning[];
  /** Every pull secret that was given, with its place. */
  readonly secrets: readonly PlacedSecret[];
  /** The names of the pull secrets that some pod has. */
  readonly used: ReadonlySet<string>;
  /** Those that pods are in. */
  readonly namespaces: ReadonlySet<string>;
}

/** A Secret with its place. */
interface PlacedSecret {
  readonly secret: PullSecret;
  readonly placed: PlacedObject;
}

/** Makes the plan. */
export async function planOf(
  inputs: readonly VerifyInput[],
  keyring: TenantKeyring,
  namespace: string | undefined,
): Promise<VerifyPlan> {
  const objects = objectsIn(inputs, namespace);
  const secrets = ofKind(objects, 'Secret').map((placed) => ({
    secret: placed.object as PullSecret,
    placed,
  }));
  const accounts = ofKind(objects, 'ServiceAccount').map((placed) => ({
    account: placed.object as ServiceAccountLike,
    placed,
  }));
  const given = { secrets: secrets.map(({ secret }) => secret), accounts };
  const pods = objects.flatMap((placed) =>
    templatesOf(placed.object, placed.kind).map((pod) => ({ pod, placed })),
  );
  const read = await Promise.all(pods.map((pod) => readPod(pod, given)));
  return {
    targets: targetsOf(inputs, keyring, read),
    warnings: unique(read.flatMap(({ warnings }) => warnings)),
    secrets,
    used: new Set(read.flatMap(({ found }) => found.secrets.map(secretName))),
    namespaces: new Set(read.map(({ found }) => found.namespace)),
  };
}

/** As sources name it. */
export function secretName({ metadata }: PullSecret): string {
  return namespaced({ ...metadata });
}

function ofKind(objects: readonly KnownObject[], kind: string): readonly KnownObject[] {
  return objects.filter((one) => one.kind === kind);
}

/** Many pods may have the same service account, and one a list that says a thing twice. */
function unique(warnings: readonly VerifyWarning[]): readonly VerifyWarning[] {
  return [...new Map(warnings.map((one) => [JSON.stringify(one), one])).values()];
}

interface MutableTarget extends VerifyTarget {
  readonly uses: ImageUse[];
  hint: string | undefined;
}

interface Tenant {
  readonly keyring: RegistryKeyring;
  readonly secrets: readonly PullSecret[];
  /** Equal for equal secrets. */
  readonly key: string;
}

interface Addition extends Tenant {
  readonly image: string;
  readonly use?: ImageUse | undefined;
  readonly hint?: string | undefined;
  readonly refusals: readonly PodRefusal[];
  readonly isNeverPulled: boolean;
}

function targetsOf(
  inputs: readonly VerifyInput[],
  keyring: TenantKeyring,
  pods: readonly ReadPod[],
): VerifyTarget[] {
  const targets = new Map<string, MutableTarget>();
  const numberOf = createNumbering();
  const add = (addition: Addition): void => {
    const { image, key, refusals, isNeverPulled } = addition;
    const id = JSON.stringify([image, key, numberOf(refusals), isNeverPulled]);
    addUse(
      getOrAdd(targets, id, () => targetOf(addition)),
      addition,
    );
  };
  for (const image of inputs) {
    if (typeof image !== 'string') continue;
    add({ image, keyring, secrets: [], key: '', refusals: [], isNeverPulled: false });
  }
  const tenants = createTenants(keyring);
  for (const pod of pods) additionsOf(pod, tenants(pod.found.secrets)).forEach(add);
  return [...targets.values()];
}

function additionsOf({ images, found, uses, refusals }: ReadPod, tenant: Tenant): Addition[] {
  return images.map(({ image, pullPolicy }, index) => ({
    ...tenant,
    hint: found.hint,
    refusals,
    image,
    use: uses[index],
    isNeverPulled: pullPolicy === 'Never',
  }));
}

function targetOf(addition: Addition): MutableTarget {
  const { image, keyring, secrets, hint, refusals, isNeverPulled } = addition;
  return { image, keyring, secrets, uses: [], hint, refusals, isNeverPulled };
}

function addUse(target: MutableTarget, { use, hint }: Addition): void {
  if (use !== undefined) target.uses.push(use);
  target.hint ??= hint;
}

/** Keyrings by the secrets that they have: pods with the same ones are answered together. */
function createTenants(keyring: TenantKeyring): (secrets: readonly PullSecret[]) => Tenant {
  const numbers = new Map<PullSecret, number>();
  const tenants = new Map<string, Tenant>();
  return (secrets) => {
    const ids = secrets.map((secret) => getOrAdd(numbers, secret, () => numbers.size));
    return getOrAdd(tenants, ids.join(' '), () => ({
      key: String(tenants.size + 1),
      secrets,
      keyring: keyring.withPullSecrets(secrets),
    }));
  };
}

/** Numbers for lists, equal for lists with equal content: a list of many members may belong to many images. */
function createNumbering(): (list: readonly object[]) => number {
  const ofTexts = new Map<string, number>();
  const ofLists = new WeakMap<readonly object[], number>();
  return (list) =>
    getOrAdd(ofLists, list, () => getOrAdd(ofTexts, JSON.stringify(list), () => ofTexts.size));
}

/** A pod with its pull secrets and its images' places. */
interface ReadPod extends PlacedPod {
  readonly found: PodSecrets;
  readonly images: readonly NamedImage[];
  /** Of each image. */
  readonly uses: readonly ImageUse[];
  readonly refusals: readonly PodRefusal[];
  readonly warnings: readonly VerifyWarning[];
}

/** In place of the images of a pod that is refused and names none, so that it is told. */
const NO_IMAGE: NamedImage = { image: '', part: 'pod', fieldPath: ['metadata', 'name'] };

async function readPod({ pod, placed }: PlacedPod, given: GivenObjects): Promise<ReadPod> {
  const found = secretsOfPod({ pod, placed }, given);
  const { namespace } = found;
  const { kind, name } = pod;
  const useOf = async ({ part, fieldPath }: NamedImage): Promise<ImageUse> => ({
    kind,
    namespace,
    name,
    part,
    ...(await placeOf(placed, fieldPath)),
  });
  const warningOf = async (problem: PodTemplateProblem): Promise<VerifyWarning> => ({
    code: 'manifest',
    message: `${kind} ${namespace}/${name}: ${sayingOf(problem)}`,
    ...(await placeOf(placed, problem.fieldPath)),
  });
  const refusals = [
    ...pod.problems.filter(isRefusal).map((problem) => ({ message: sayingOf(problem) })),
    ...found.refusals,
  ];
  const images = pod.images.length === 0 && refusals.length > 0 ? [NO_IMAGE] : pod.images;
  const odd = pod.problems.filter((problem) => !isRefusal(problem));
  return {
    pod,
    placed,
    found,
    images,
    uses: await Promise.all(images.map(useOf)),
    refusals,
    warnings: await Promise.all([...odd.map(warningOf), ...found.warnings.map(withPlace)]),
  };
}

function isRefusal({ rejectedBy }: PodTemplateProblem): boolean {
  return rejectedBy !== undefined;
}

function sayingOf({ fieldPath, message }: PodTemplateProblem): string {
  return `${fieldText(fieldPath)}: ${message}`;
}

async function withPlace({ warning, owner }: OwnedWarning): Promise<VerifyWarning> {
  if (owner === undefined) return warning;
  return { ...warning, ...(await placeOf(owner, ['metadata', 'name'])) };
}
