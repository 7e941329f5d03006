import { writeYaml } from '../../config/yaml/write-yaml.ts';
import type { CreatedPullSecret } from './create-pull-secret.ts';

/** Prints a Secret as `kubectl … -o yaml` does: members in the order of their names, and quotes where a text needs them. */
export function formatSecretYaml(secret: CreatedPullSecret): string {
  const { apiVersion, data, kind, metadata, type } = secret;
  const { name, namespace } = metadata;
  return writeYaml({ apiVersion, data: { ...data }, kind, metadata: { name, namespace }, type });
}
