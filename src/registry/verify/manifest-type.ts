// Whether containerd takes a manifest: by the media type that the registry names for it, which it goes by alone (containerd
// v2.4.2 core/remotes/docker/resolver.go Resolve, core/images/mediatypes.go, client/pull.go, core/transfer/local/pull.go).

import type { HttpResponse } from '../../system/system.ts';
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

/** Byte for byte: neither another case nor a blank before the semicolon will do. */
function typeIn({ headers }: HttpResponse): string {
  const [type = ''] = (headers.get('content-type')?.[0] ?? '').split(';');
  return type;
}
