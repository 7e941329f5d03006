import { isPlainString } from '../../config/yaml/yaml-scalars.ts';
import type { CreatedPullSecret } from './create-pull-secret.ts';

/** Prints a Secret as `kubectl … -o yaml` does: members in the order of their names, and quotes where a text needs them. */
export function formatSecretYaml({
  apiVersion,
  data,
  kind,
  metadata,
  type,
}: CreatedPullSecret): string {
  const { name, namespace } = metadata;
  return [
    `apiVersion: ${yamlText(apiVersion)}`,
    'data:',
    ...Object.entries(data).map(([key, value]) => `  ${key}: ${yamlText(value)}`),
    `kind: ${yamlText(kind)}`,
    'metadata:',
    `  name: ${yamlText(name)}`,
    ...(namespace === undefined ? [] : [`  namespace: ${yamlText(namespace)}`]),
    `type: ${yamlText(type)}`,
    '',
  ].join('\n');
}

/** What no quotes are needed around, unless it is a number or boolean of YAML 1.1. */
const PLAIN = /^[A-Za-z0-9][-A-Za-z0-9_.+/=]*$/;

function yamlText(text: string): string {
  if (PLAIN.test(text) && isPlainString(text)) return text;
  return `"${text.replaceAll(/["\\]|[^ -~]/gu, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  const hex = Number(character.codePointAt(0)).toString(16);
  return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
