import { ManifestError, type DocumentPosition } from '../errors.ts';
import type { FieldPath } from './field-path.ts';
import { createLineFinder, type LineFinder } from './line-finder.ts';
import { listItems } from './list-items.ts';
import type { PullSecret } from './pull-secret.ts';
import { isRecord } from '../config/is-record.ts';
import { composeYaml, MAX_DEPTH, readDocument } from './yaml-documents.ts';

/** How a text of manifests is read. */
export interface ParseManifestsOptions {
  /** Where the text comes from; only named in errors. */
  readonly path?: string | undefined;
}

const MAX_TEXT_LENGTH = 10 * 1024 * 1024;
const START: DocumentPosition = { line: 1, column: 1 };

/**
 * Reads Kubernetes objects from YAML or JSON: several documents, and lists (`kind: List`, `SecretList`, …) taken apart.
 *
 * @param text - What a manifest file holds, or what `kubectl get … -o yaml` prints.
 * @param options - Where the text comes from.
 * @returns The objects in their order, unchecked but for being objects.
 * @throws {@link ManifestError} with line and column, and without a word of the text, when it cannot be read.
 * @example
 * ```ts
 * const objects = await parseManifests(await readFile('pull-secrets.yaml', 'utf8'));
 * ```
 */
export async function parseManifests(
  text: string,
  options: ParseManifestsOptions = {},
): Promise<Record<string, unknown>[]> {
  const manifests = await readManifests(text, options);
  return manifests.map(({ object }) => object);
}

/**
 * Reads the Secrets of a text of manifests, and passes over objects of other kinds.
 *
 * @param text - YAML or JSON, as for {@link parseManifests}.
 * @param options - Where the text comes from.
 * @returns The Secrets in their order, of whatever type.
 * @throws {@link ManifestError} when the text cannot be read.
 * @example
 * ```ts
 * const keyring = createKeyring({ pullSecrets: await parsePullSecrets(text) });
 * ```
 */
export async function parsePullSecrets(
  text: string,
  options: ParseManifestsOptions = {},
): Promise<PullSecret[]> {
  const objects = await parseManifests(text, options);
  return objects.filter((object) => object['kind'] === 'Secret');
}

/** An object of a text, and where its parts stand in it. */
export interface PlacedManifest {
  readonly object: Record<string, unknown>;
  /**
   * The line, from 1, on which the value of a field begins; `undefined` for what is not in the text. An alias is where it
   * stands itself, and what is inside of an aliased or merged mapping is where it is written.
   */
  readonly lineOf: (fieldPath: FieldPath) => Promise<number | undefined>;
}

/** Reads as {@link parseManifests} does, and says where everything stands. */
export async function readManifests(
  text: string,
  { path }: ParseManifestsOptions = {},
): Promise<readonly PlacedManifest[]> {
  if (text.length > MAX_TEXT_LENGTH) {
    const reason = `longer than ${MAX_TEXT_LENGTH} characters`;
    throw new ManifestError({ path, reason, position: START });
  }
  const documents = parseJson(text) ?? (await parseYaml(text, path));
  return documents.flatMap(({ value, position, findLine }) => {
    // An empty document is what stands before a leading `---` and behind a trailing one.
    if (value === null || value === undefined) return [];
    if (isRecord(value)) return flattenList(value, { path, position, findLine, fieldPath: [] });
    throw new ManifestError({ path, reason: 'not a Kubernetes object', position });
  });
}

interface ParsedDocument {
  readonly value: unknown;
  readonly position: DocumentPosition;
  readonly findLine: (fieldPath: FieldPath) => Promise<number | undefined>;
}

/** What is JSON needn't wait for the YAML parser to load. */
function parseJson(text: string): ParsedDocument[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    let finder: Promise<LineFinder> | undefined;
    const findLine = async (fieldPath: FieldPath): Promise<number | undefined> =>
      (await (finder ??= jsonLineFinder(text)))(fieldPath);
    return [{ value, position: START, findLine }];
  } catch {
    // Flow-style YAML, several documents, or wrong: in every case for the YAML parser, which knows the place.
    return undefined;
  }
}

/** JSON has no positions; as YAML it has, unless it nests deeper than we read YAML. */
async function jsonLineFinder(text: string): Promise<LineFinder> {
  const documents = await composeYaml(text, undefined).catch(() => []);
  const finders = documents.map(createLineFinder);
  return (fieldPath) => finders[0]?.(fieldPath);
}

async function parseYaml(text: string, path: string | undefined): Promise<ParsedDocument[]> {
  const documents = await composeYaml(text, path);
  return documents.map((document) => {
    const { value, position } = readDocument(document, path);
    const finder = createLineFinder(document);
    return { value, position, findLine: (fieldPath) => Promise.resolve(finder(fieldPath)) };
  });
}

interface Place extends Omit<ParsedDocument, 'value'> {
  readonly path: string | undefined;
  /** Where in its document an object stands. */
  readonly fieldPath: FieldPath;
}

function flattenList(object: Record<string, unknown>, place: Place): PlacedManifest[] {
  const { findLine, fieldPath, path, position } = place;
  // By an alias, a list can be in itself.
  if (fieldPath.length > MAX_DEPTH) {
    throw new ManifestError({ path, position, reason: 'lists nest too deep' });
  }
  const items = listItems(object);
  if (items === undefined) {
    return [{ object, lineOf: (inObject) => findLine([...fieldPath, ...inObject]) }];
  }
  return items.flatMap((item, index) => {
    const itemPath = [...fieldPath, 'items', index];
    if (isRecord(item)) return flattenList(item, { ...place, fieldPath: itemPath });
    const reason = 'an item of a list is not a Kubernetes object';
    throw new ManifestError({ path, position, reason });
  });
}
