// Reads Azure's configuration files: JSON or YAML, with the line of what is wrong, and without a word of what they hold.

import { withoutTrailing } from '../../util/text/without-trailing.ts';
import { loadYaml } from '../../config/yaml/read-yaml.ts';
import { YamlError } from '../../config/yaml/yaml-error.ts';
import { plainValue } from '../../go/document/plain-value.ts';
import { isRecord } from '../../util/is-record.ts';
import { parseJson } from '../../util/parse-json.ts';
import type { System } from '../../system/system.ts';
import { readText } from '../cloud/read-text.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { has } from '../../util/own.ts';

/** A configuration's values by their names in lower case: Go matches names whatever their case. */
export interface AzureDocument {
  readonly path: string;
  readonly values: ReadonlyMap<string, unknown>;
}

/**
 * Reads a file.
 *
 * @returns `undefined` when there is none.
 * @throws {@link ProviderFailure} with the file and the line.
 */
export async function readDocument(
  system: Pick<System, 'readFile'>,
  path: string,
  signal: AbortSignal,
): Promise<AzureDocument | undefined> {
  const text = await readText(system, path, signal);
  if (text === undefined) return undefined;
  const value = parseJson(text) ?? (await parseYaml(text, path));
  if (!isRecord(value)) throw new ProviderFailure(`${path} holds no object of settings`);
  const values = Object.entries(value).map(([name, one]) => [name.toLowerCase(), one] as const);
  return { path, values: new Map(values) };
}

/** A text of a document; `undefined` where it is missing, null or empty. */
export function textOf({ path, values }: AzureDocument, name: string): string | undefined {
  const value = values.get(name.toLowerCase()) ?? '';
  if (typeof value !== 'string') throw new ProviderFailure(`${path}: ${name} must be a text`);
  return value === '' ? undefined : value;
}

/** A text of a document that must be a URL of https. */
export function httpsUrlOf(document: AzureDocument, name: string): string | undefined {
  const value = textOf(document, name);
  if (value === undefined) return undefined;
  return checkHttpsUrl(value, `${document.path}: ${name}`);
}

/** A switch of a document; false where it is missing. */
export function isOn({ path, values }: AzureDocument, name: string): boolean {
  const value = values.get(name.toLowerCase()) ?? false;
  if (typeof value === 'boolean') return value;
  throw new ProviderFailure(`${path}: ${name} must be true or false`);
}

/** A URL of https, without a slash at its end. */
export function checkHttpsUrl(value: string, what: string): string {
  if (URL.canParse(value) && value.startsWith('https://')) return withoutTrailing(value, '/');
  throw new ProviderFailure(`${what} must be a URL with https`);
}

async function parseYaml(text: string, path: string): Promise<unknown> {
  const readYaml = await loadYaml();
  const read = readYaml(Buffer.from(text));
  if (!(read instanceof YamlError)) {
    const plain = plainValue(read.value);
    if (has(plain, 'value')) return plain.value;
  }
  const { position } = read instanceof YamlError ? read : read.value;
  throw new ProviderFailure(`${path}:${position.line} is neither JSON nor YAML here`);
}
