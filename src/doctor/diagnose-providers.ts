// What the providers find on this machine, each with a deadline. That a cloud is not this machine's is no fault of it.

import { TimeoutError } from '../errors.ts';
import type { CredentialProvider, Diagnosis } from '../providers/contract.ts';
import { createProviderIndex } from '../providers/asking/provider-index.ts';
import { completeReference } from '../reference/image-reference.ts';
import { withDeadline } from '../system/deadline.ts';
import type { System } from '../system/system.ts';
import type { Check } from './check.ts';
import { cloudSigns, type CloudSigns, type SignSystem } from './cloud-signs.ts';

/** How long a provider may look. */
const DEADLINE_MS = 30_000;
/** How long, where nothing speaks for its cloud. */
const SHORT_DEADLINE_MS = 5000;
/** Findings that a machine has only where the cloud knows it. */
const PROOFS: ReadonlySet<string> = new Set(['identity', 'token']);

/** What is looked at. */
export interface ProvidersToDiagnose {
  readonly providers: readonly CredentialProvider[];
  /** Whether the caller named them, and so wants to know why they do not work. */
  readonly isWanted: boolean;
  readonly images: readonly string[];
}

/** Lets all providers look at once. */
export async function diagnoseProviders(
  system: SignSystem & Pick<System, 'setTimer'>,
  { providers, isWanted, images }: ProvidersToDiagnose,
): Promise<readonly Check[]> {
  const index = createProviderIndex(providers);
  const names = [...new Set(images.flatMap(nameOf))];
  const all = providers.map(async (provider) => {
    const own = names.filter((name) => index.providersFor(name).includes(provider));
    const signs = await cloudSigns(system, provider.name);
    const hasSigns = signs?.signs.length !== 0;
    const isNeeded = isWanted || own.length > 0 || signs === undefined;
    const timeoutMs = isNeeded || hasSigns ? DEADLINE_MS : SHORT_DEADLINE_MS;
    const found = await look(system, provider, { images: own, timeoutMs });
    const isProven = found.some(({ status, subject }) => status === 'ok' && PROOFS.has(subject));
    const shown = isNeeded || isProven ? found : found.map(hasSigns ? toWarning : toInfo);
    const findings = distinct([...signsCheck(signs), ...shown]);
    return findings.map((finding) => checkOf(provider.name, finding));
  });
  return (await Promise.all(all)).flat();
}

type Finding = Diagnosis | Omit<Check, 'area' | 'provider'>;

function checkOf(provider: string, { subject, status, message, hint }: Finding): Check {
  const check = { area: 'provider', provider, subject, status, message } as const;
  return hint === undefined ? check : { ...check, hint };
}

/** What is no image's name is complained about where images are resolved. */
function nameOf(image: string): string[] {
  try {
    return [completeReference(image).name];
  } catch {
    return [];
  }
}

function signsCheck(signs: CloudSigns | undefined): Finding[] {
  if (signs === undefined) return [];
  const subject = 'machine';
  return signs.signs.length === 0
    ? [{ subject, status: 'info', message: `no sign of ${signs.cloud}` }]
    : [{ subject, status: 'ok', message: `signs of ${signs.cloud}: ${signs.signs.join(', ')}` }];
}

async function look(
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
    // What a message of somebody else's holds is not known.
    return [{ status: 'failure', subject, message: 'it could not look at this machine' }];
  }
}

/** A provider may say the same of several images. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const byText = findings.map((one) => [JSON.stringify(one), one] as const);
  return [...new Map(byText).values()];
}

/** A machine of a cloud need not use that cloud's registries. */
function toWarning(found: Diagnosis): Finding {
  return found.status === 'failure' ? { ...found, status: 'warning' } : found;
}

/** Nothing speaks for the cloud. */
function toInfo({ status, subject, message }: Diagnosis): Finding {
  return { status: status === 'ok' ? 'ok' : 'info', subject, message };
}
