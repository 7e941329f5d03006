// Whether containerd takes a manifest: by the media type that the registry names for it, and by whether the document is of
// that type (containerd v2.4.2 core/remotes/docker/resolver.go Resolve, core/images/mediatypes.go, core/images/image.go
// Children and validateMediaType, client/pull.go, core/transfer/local/pull.go).

import type { HttpResponse } from '../../system/system.ts';
import { isRecord } from '../../util/is-record.ts';
import {
  isFound,
  MANIFEST_TYPES,
  requestDocument,
  type DocumentRequest,
} from '../client/registry-api.ts';
import type { Session } from '../client/session.ts';

/**
 * The media type that containerd sees; `''` where the registry names none. It asks by GET where the answer to HEAD is
 * incomplete, which is done here only when it may make a difference.
 *
 * @param request - How the manifest was asked for by HEAD.
 * @param response - What came back.
 */
export async function manifestTypeOf(
  session: Session,
  request: Omit<DocumentRequest, 'method'>,
  response: HttpResponse,
): Promise<string> {
  const type = typeIn(response);
  const isWhole = ['docker-content-digest', 'content-length'].every((name) =>
    response.headers.has(name),
  );
  if (isSupportedType(type) || isWhole) return type;
  const whole = await requestDocument(session, { ...request, method: 'GET' });
  return isFound(whole) ? typeIn(whole) : type;
}

/** Whether containerd pulls a manifest of this type: of others it looks for a blob, and finds no image in it. */
export function isSupportedType(type: string): boolean {
  return MANIFEST_TYPES.includes(type);
}

const INDEX = /\.index\.|\.manifest\.list\./;

/**
 * Why containerd cannot read a manifest of a supported type, as what follows "its manifest".
 *
 * @param document - What it holds as JSON; `undefined` for no JSON.
 */
export function manifestProblem(type: string, document: unknown): string | undefined {
  if (!isRecord(document)) return 'is not a JSON object';
  if (document['fsLayers'] !== undefined) return 'is of Docker schema 1';
  return INDEX.test(type) ? indexProblem(document) : imageProblem(document);
}

type JsonObject = Readonly<Record<string, unknown>>;

function indexProblem({ manifests, config, layers, mediaType }: JsonObject): string | undefined {
  if (config !== undefined || layers !== undefined || isTypeOf(mediaType, 'image')) {
    return 'is the manifest of one image, but its media type is that of an index';
  }
  return Array.isArray(manifests) && manifests.length > 0 ? undefined : 'names no image';
}

function imageProblem({ manifests, config, mediaType }: JsonObject): string | undefined {
  if (manifests !== undefined || isTypeOf(mediaType, 'index')) {
    return 'is an index, but its media type is that of one image';
  }
  return isRecord(config) && isDigest(config['digest']) ? undefined : 'names no configuration';
}

function isTypeOf(mediaType: unknown, kind: 'index' | 'image'): boolean {
  return MANIFEST_TYPES.some(
    (type) => type === mediaType && INDEX.test(type) === (kind === 'index'),
  );
}

/** Whether it is a digest: anything else would be a path of the registry's choice, or words of its own. */
export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z\d]+:[a-f\d]{1,128}$/.test(value);
}

/** Byte for byte: neither another case nor a blank before the semicolon will do. */
function typeIn({ headers }: HttpResponse): string {
  const [type = ''] = (headers.get('content-type')?.[0] ?? '').split(';');
  return type;
}
