import { ManifestError, type DocumentPosition } from '../../errors.ts';
import type { FieldPath } from '../pod/field-path.ts';
import { createLineFinder, type LineFinder } from './line-finder.ts';
import { listItems } from '../pod/list-items.ts';
import { plainValue } from '../../go/document/plain-value.ts';
import type { DocumentValue } from '../../go/document/value.ts';
import { isRecord } from '../../util/is-record.ts';
import { readManifestStream } from './manifest-stream.ts';
import { has } from '../../util/own.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** How a text of manifests is read. */
export interface ParseManifestsOptions {
  /** Where the text comes from; only named in errors. */
  readonly path?: string | undefined;
}

const MAX_BYTES = 10 * 1024 * 1024;
const START: DocumentPosition = { line: 1, column: 1 };

/**
 * Reads Kubernetes objects from YAML or JSON: several documents, and lists (`kind: List`, `SecretList`, …) taken apart.
 *
 * The text is read as kubectl v1.37.2 reads it, which is YAML 1.1: without quotes, `yes` and `on` are booleans, `0b1` and
 * `1_000` numbers, and of a key that occurs twice the last counts.
 *
 * @param text - What a manifest file holds, or what `kubectl get … -o yaml` prints; as bytes, its encoding is judged too.
 * @param options - Where the text comes from.
 * @returns The objects in their order, unchecked but for being objects.
 * @throws {@link ManifestError} with line and column, and without a word of the text, when it cannot be read.
 * @example
 * ```ts
 * const objects = await parseManifests(await readFile('pull-secrets.yaml', 'utf8'));
 * ```
 */
export async function parseManifests(
  text: string | Uint8Array,
  options: ParseManifestsOptions = {},
): Promise<Record<string, unknown>[]> {
  const given = refuseUnknown('parseManifests', options, { path: true });
  const manifests = await readManifests(text, given);
  return manifests.map(({ object }) => object);
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
  text: string | Uint8Array,
  { path }: ParseManifestsOptions = {},
): Promise<readonly PlacedManifest[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  if (bytes.length > MAX_BYTES) {
    throw new ManifestError({ path, reason: `larger than ${MAX_BYTES} bytes`, position: START });
  }
  const documents = await readManifestStream(bytes, path);
  return documents.flatMap((document) => {
    // An empty document is what stands before a leading `---` and behind a trailing one.
    if (document.kind === 'null') return [];
    const { position } = document;
    const value = valueOf(document, path);
    const place = { path, position, findLine: createLineFinder(document), fieldPath: [] };
    if (isRecord(value)) return flattenList(value, place);
    throw new ManifestError({ path, reason: 'not a Kubernetes object', position });
  });
}

function valueOf(document: DocumentValue, path: string | undefined): unknown {
  const converted = plainValue(document);
  if (!has(converted, 'problem')) return converted.value;
  const { problem: reason, position } = converted;
  throw new ManifestError({ path, reason, position });
}

interface Place {
  readonly path: string | undefined;
  readonly position: DocumentPosition;
  readonly findLine: LineFinder;
  /** Where in its document an object stands. */
  readonly fieldPath: FieldPath;
}

function flattenList(object: Record<string, unknown>, place: Place): PlacedManifest[] {
  const { findLine, fieldPath, path, position } = place;
  const items = listItems(object);
  if (items === undefined) {
    const lineOf: PlacedManifest['lineOf'] = (inObject) =>
      Promise.resolve(findLine([...fieldPath, ...inObject]));
    return [{ object, lineOf }];
  }
  return items.flatMap((item, index) => {
    const itemPath = [...fieldPath, 'items', index];
    if (isRecord(item)) return flattenList(item, { ...place, fieldPath: itemPath });
    const reason = 'an item of a list is not a Kubernetes object';
    throw new ManifestError({ path, position, reason });
  });
}
