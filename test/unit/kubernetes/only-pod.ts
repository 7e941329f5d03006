import { parseManifests } from '../../../src/kubernetes/manifest/manifests.ts';
import { podTemplates, type PodTemplate } from '../../../src/kubernetes/pod/pod-templates.ts';

/** The only pod of an object of YAML. */
export async function onlyPod(yaml: string): Promise<PodTemplate> {
  const [pod, ...others] = podTemplates(await parseManifests(yaml));
  if (pod === undefined || others.length > 0) throw new Error('expected one pod');
  return pod;
}
