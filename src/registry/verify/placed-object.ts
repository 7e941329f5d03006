// Kubernetes objects as they are given to verifyImages: with the file and the lines that they are from, for the report.

import { isRecord } from '../../util/is-record.ts';
import type { FieldPath } from '../../kubernetes/pod/field-path.ts';
import { requireKind } from '../../kubernetes/object-kind.ts';
import { listItems } from '../../kubernetes/pod/list-items.ts';
import { own } from '../../util/own.ts';

/** A Kubernetes object with the place that it is from. */
export interface PlacedObject {
  readonly object: object;
  /** The file, for the report. */
  readonly path?: string | undefined;
  /** The line, from 1, of a field in the file. */
  readonly lineOf?:
    ((fieldPath: FieldPath) => number | undefined | Promise<number | undefined>) | undefined;
}

/** An image reference, a Kubernetes object of whatever kind, or one with its place: a {@link PlacedObject}. */
export type VerifyInput = string | object;

/** One whose members can be looked at. */
interface ReadableObject extends PlacedObject {
  readonly object: Readonly<Record<string, unknown>>;
}

/** One whose kind is known. */
export interface KnownObject extends ReadableObject {
  readonly kind: string;
}

/**
 * The objects among inputs, lists taken apart; the namespace filled in where one names none, as `kubectl --namespace` does.
 *
 * @throws TypeError for an object whose kind nothing tells.
 */
export function objectsIn(
  inputs: readonly VerifyInput[],
  namespace: string | undefined,
): KnownObject[] {
  return inputs.flatMap((input, index) => {
    if (typeof input === 'string') return [];
    const placed = isPlaced(input) ? input : { object: input as ReadableObject['object'] };
    return flatten(placed, { where: `verifyImages: images[${index}]`, namespace });
  });
}

function isPlaced(input: object): input is ReadableObject {
  const { object, kind } = own<{ readonly object?: unknown; readonly kind?: unknown }>(input);
  return isRecord(object) && kind === undefined;
}

interface FlattenOptions {
  /** The argument, for errors. */
  readonly where: string;
  readonly namespace: string | undefined;
}

function flatten(placed: ReadableObject, { where, namespace }: FlattenOptions): KnownObject[] {
  const items = listItems(placed.object);
  if (items === undefined) {
    const kind = requireKind(placed.object, where);
    return [{ ...placed, kind, object: inNamespace(placed.object, namespace) }];
  }
  return items.flatMap((item, index) => {
    const object = item as ReadableObject['object'];
    const lineOf = (path: FieldPath): ReturnType<NonNullable<PlacedObject['lineOf']>> =>
      placed.lineOf?.(['items', index, ...path]);
    const options = { where: `${where}.items[${index}]`, namespace };
    return flatten({ ...placed, object, lineOf }, options);
  });
}

function inNamespace(
  object: ReadableObject['object'],
  namespace: string | undefined,
): ReadableObject['object'] {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  if (namespace === undefined || metadata['namespace']) return object;
  return { ...object, metadata: { ...metadata, namespace } };
}

/** Where a field stands, as far as that is known. */
export async function placeOf(
  { path, lineOf }: PlacedObject,
  fieldPath: FieldPath,
): Promise<{ readonly path?: string; readonly line?: number }> {
  if (path === undefined) return {};
  const line = await lineOf?.(fieldPath);
  return line === undefined ? { path } : { path, line };
}
