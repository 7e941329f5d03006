// Which pull secrets count: all that are given, those of a namespace, or those of a pod.

import type { PullSecret } from '../../kubernetes/pull-secret.ts';
import { choosePodSecrets } from './choose-pod-secrets.ts';
import { warn, type CliContext } from '../context.ts';
import {
  allOf,
  ofKind,
  readManifests,
  type ChosenPullSecrets,
  type ManifestOptions,
} from './manifest-files.ts';
import { inputName, type InputFiles } from './read-input.ts';

/** Reads the files and chooses; what was named and is not there becomes a warning. */
export async function choosePullSecrets(
  context: CliContext,
  options: ManifestOptions,
  files: InputFiles,
): Promise<ChosenPullSecrets> {
  const manifests = await readManifests(files, options);
  for (const path of options.secret ?? []) {
    if (ofKind(manifests.get(path), 'Secret').length > 0) continue;
    warn(context, `${inputName(path)} holds no Secret`);
  }
  if (options.pod !== undefined || options.serviceAccount !== undefined) {
    return choosePodSecrets(context, options, manifests);
  }
  const secrets: readonly PullSecret[] = ofKind(allOf(manifests), 'Secret');
  return chooseByNamespace(context, secrets, options.namespace);
}

/** One without a namespace would be applied to the one that is asked for. */
function chooseByNamespace(
  context: CliContext,
  all: readonly PullSecret[],
  namespace: string | undefined,
): ChosenPullSecrets {
  if (namespace === undefined) return { ...NOBODY, secrets: all };
  const secrets = all.filter(({ metadata }) => (metadata?.namespace || namespace) === namespace);
  if (all.length > 0 && secrets.length === 0) {
    warn(context, `none of the secrets is in the namespace ${namespace}`);
  }
  return { ...NOBODY, secrets, chosenFor: `of namespace ${namespace}` };
}

/** Where no pod is given. */
const NOBODY = { chosenFor: undefined, missing: [], podImages: [] } as const;
