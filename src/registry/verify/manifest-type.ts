// Whether containerd takes a manifest: by the media type that the registry names for it, which it goes by alone (containerd
// v2.4.2 core/remotes/docker/resolver.go Resolve, core/images/mediatypes.go, client/pull.go, core/transfer/local/pull.go).

import type { HttpResponse } from '../../system/system.ts';
import {
  askForImage,
  isFound,
  MANIFEST_TYPES,
  type ImageRequest,
} from '../client/registry-api.ts';
import type { SessionState } from '../client/session.ts';

/** How a manifest was asked for by HEAD, and what came back. */
export interface SeenManifest extends Omit<ImageRequest, 'method'> {
  readonly session: SessionState;
  readonly response: HttpResponse;
}

/**
 * The media type that containerd sees; `''` where the registry names none. It asks by GET where the answer to HEAD is
 * incomplete, which is done here only when it may make a difference.
 */
export async function manifestTypeOf({
  session,
  response,
  ...request
}: SeenManifest): Promise<string> {
  const type = typeIn(response);
  const isWhole = ['docker-content-digest', 'content-length'].every((name) =>
    response.headers.has(name),
  );
  if (isTaken(type) || isWhole) return type;
  const whole = await askForImage(session, { ...request, method: 'GET' });
  return isFound(whole) ? typeIn(whole) : type;
}

/** Whether containerd pulls a manifest of this type: of others it looks for a blob, and finds no image in it. */
export function isTaken(type: string): boolean {
  return MANIFEST_TYPES.includes(type);
}

/** Byte for byte: neither another case nor a blank before the semicolon will do. */
function typeIn({ headers }: HttpResponse): string {
  const [type = ''] = (headers.get('content-type')?.[0] ?? '').split(';');
  return type;
}
