// The document of a file store, as it is written again: whole, with everything in it that is not a login.

import type { ConfigEntry } from '../../config/config-entry.ts';
import { foldName } from '../../go/fold-name.ts';
import type { JsonReader } from '../../go/json-error.ts';
import { checkJson, jsonReader, nextKind, readObject, skipValue } from '../../go/json.ts';
import { isPlaceholder } from '../../config/config-entry.ts';
import { imageOfServer, placeOf } from './server-image.ts';

/** What a document holds. */
export interface StoredDocument {
  /** Entries by server, as they stand there. */
  readonly auths: ReadonlyMap<string, unknown>;
  /** Its other members. */
  readonly others: ReadonlyMap<string, unknown>;
}

/**
 * Reads a document that decodeDockerConfig() takes, with that meaning: `Auths` is `auths`, and a second one adds to the
 * first.
 */
export function readStored(bytes: Uint8Array): StoredDocument {
  const auths = new Map<string, unknown>();
  const others = new Map<string, unknown>();
  const reader = jsonReader(bytes);
  if (checkJson(bytes) !== undefined || nextKind(reader) !== 'object') return { auths, others };
  readObject(reader, (name) => {
    if (foldName(name) !== 'auths') others.set(name, readValue(reader));
    else if (nextKind(reader) === 'object') readEntries(reader, auths);
    else {
      auths.clear();
      skipValue(reader);
    }
  });
  return { auths, others };
}

function readEntries(reader: JsonReader, auths: Map<string, unknown>): void {
  readObject(reader, (server) => auths.set(server, readValue(reader)));
}

function readValue(reader: JsonReader): unknown {
  nextKind(reader);
  const start = reader.offset;
  skipValue(reader);
  return JSON.parse(new TextDecoder().decode(reader.bytes.subarray(start, reader.offset)));
}

/** Whether a key is a server, or another way to write it: a login replaces, and a logout erases, all of them. */
export function sameServer(server: string): (key: string) => boolean {
  const image = imageOfServer(server);
  return (key) => key === server || (image !== undefined && imageOfServer(key) === image);
}

/** The entry of a server: the very one, or the one for the largest part of its place. */
export function entryOf(entries: readonly ConfigEntry[], server: string): ConfigEntry | undefined {
  const exact = entries.find(({ rawKey }) => rawKey === server);
  if (exact !== undefined) return exact;
  const image = imageOfServer(server);
  if (image === undefined) return undefined;
  let [best, length]: [ConfigEntry | undefined, number] = [undefined, 0];
  for (const entry of entries) {
    const key = imageOfServer(entry.rawKey);
    const place = key === undefined || isPlaceholder(entry) ? undefined : placeOf(key);
    if (place === undefined || place.length <= length || !image.startsWith(place)) continue;
    [best, length] = [entry, place.length];
  }
  return best;
}
