// What the providers find on this machine, each with a deadline. A machine outside of a cloud is no fault of the machine.

import { TimeoutError } from '../errors.ts';
import { CATALOG, type Cloud } from '../providers/catalog.ts';
import type { CredentialProvider, Diagnosis } from '../providers/contract.ts';
import { createProviderIndex } from '../providers/asking/provider-index.ts';
import { completeReference } from '../reference/image-reference.ts';
import { withDeadline } from '../system/deadline.ts';
import type { System } from '../system/system.ts';
import type { Check } from './check.ts';
import { cloudSigns, type SignSystem } from './cloud-signs.ts';

const DEADLINE_MS = 30_000;
/** Where there is no sign of the provider's cloud. */
const SHORT_DEADLINE_MS = 5000;

export interface ProvidersToDiagnose {
  readonly providers: readonly CredentialProvider[];
  /** Whether the caller named the providers, and so wants to know why they do not work. */
  readonly isWanted: boolean;
  readonly images: readonly string[];
}

type Finding = Diagnosis | Omit<Check, 'area' | 'provider'>;

/** Lets all providers look at once. */
export async function diagnoseProviders(
  system: SignSystem & Pick<System, 'setTimer'>,
  { providers, isWanted, images }: ProvidersToDiagnose,
): Promise<readonly Check[]> {
  const index = createProviderIndex(providers);
  const names = [...new Set(images.flatMap(imageName))];
  const all = providers.map(async (provider) => {
    const own = names.filter((name) => index.providersFor(name).includes(provider));
    const cloud = CATALOG.find(({ name }) => name === provider.name)?.cloud;
    const isNeeded = isWanted || own.length > 0 || cloud === undefined;
    const findings =
      cloud === undefined
        ? await diagnose(system, provider, { images: own, timeoutMs: DEADLINE_MS })
        : await diagnoseInCloud(system, provider, { cloud, isNeeded, images: own });
    return distinct(findings).map((finding) => checkOf(provider.name, finding));
  });
  return (await Promise.all(all)).flat();
}

interface CloudQuestion {
  readonly cloud: Cloud;
  readonly isNeeded: boolean;
  readonly images: readonly string[];
}

async function diagnoseInCloud(
  system: SignSystem & Pick<System, 'setTimer'>,
  provider: CredentialProvider,
  { cloud, isNeeded, images }: CloudQuestion,
): Promise<readonly Finding[]> {
  const signs = await cloudSigns(system, cloud);
  const hasSigns = signs.length > 0;
  const timeoutMs = isNeeded || hasSigns ? DEADLINE_MS : SHORT_DEADLINE_MS;
  const found = await diagnose(system, provider, { images, timeoutMs });
  const isProven = found.some(
    ({ status, subject }) => status === 'ok' && cloud.proofs.includes(subject),
  );
  const shown = isNeeded || isProven ? found : found.map(hasSigns ? toWarning : toInfo);
  return [signsFinding(cloud, signs), ...shown];
}

function signsFinding({ name }: Cloud, signs: readonly string[]): Finding {
  const subject = 'machine';
  return signs.length === 0
    ? { subject, status: 'info', message: `no sign of ${name}` }
    : { subject, status: 'ok', message: `signs of ${name}: ${signs.join(', ')}` };
}

function checkOf(provider: string, { subject, status, message, hint }: Finding): Check {
  const check = { area: 'provider', provider, subject, status, message } as const;
  return hint === undefined ? check : { ...check, hint };
}

/** Empty for what is no image's name, which is reported where the images are resolved. */
function imageName(image: string): string[] {
  try {
    return [completeReference(image).name];
  } catch {
    return [];
  }
}

async function diagnose(
  system: Pick<System, 'setTimer'>,
  provider: CredentialProvider,
  { images, timeoutMs }: { readonly images: readonly string[]; readonly timeoutMs: number },
): Promise<readonly Diagnosis[]> {
  const subject = 'provider';
  try {
    const deadline = { operation: provider.name, timeoutMs };
    return await withDeadline(
      system,
      deadline,
      async (signal) => (await provider.diagnose?.({ images, signal })) ?? [],
    );
  } catch (error) {
    if (error instanceof TimeoutError) {
      const message = `it had no answer within ${timeoutMs / 1000} seconds`;
      const hint = 'look at the network: a firewall that drops packets makes requests wait';
      return [{ status: 'failure', subject, message, hint }];
    }
    // A message of the caller's own provider may hold a secret.
    return [{ status: 'failure', subject, message: 'it could not look at this machine' }];
  }
}

/** A provider may find the same for several images. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const byText = findings.map((one) => [JSON.stringify(one), one] as const);
  return [...new Map(byText).values()];
}

/** A machine of a cloud need not use that cloud's registries. */
function toWarning(found: Diagnosis): Finding {
  return found.status === 'failure' ? { ...found, status: 'warning' } : found;
}

function toInfo({ status, subject, message }: Diagnosis): Finding {
  return { status: status === 'ok' ? 'ok' : 'info', subject, message };
}
