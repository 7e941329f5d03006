// What verify says of an image, by what came of its candidates.

import { isEmpty } from '../../credential/formats.ts';
import { isKeyringError } from '../../errors.ts';
import type { TriedCandidate } from '../client/candidates.ts';
import type { AuthHeader } from '../client/session.ts';
import { isSupportedType } from './manifest-type.ts';
import type { VerifiedCandidate, VerifiedImage } from './verify-report.ts';

/** What is said of an image. */
export type Verdict = Pick<VerifiedImage, 'status' | 'message' | 'hint'>;

/** Of one that somebody, or nobody, was let in for. */
export function pullable(
  candidates: readonly VerifiedCandidate[],
  { scheme }: Pick<AuthHeader, 'scheme'>,
): Verdict {
  const status = 'pullable';
  const { length, [length - 1]: accepted } = candidates;
  if (accepted?.source !== undefined)
    return { status, message: 'a node can pull it with this credential' };
  if (length === 1 || scheme === 'none') {
    return { status, message: 'a node can pull it without credentials' };
  }
  const message =
    'it can be pulled without credentials, which a kubelet does not try when it has some';
  return { status, message };
}

/** What keeps containerd from pulling what the registry has and gives. */
export function unsupported(
  { problem }: Pick<AuthHeader, 'problem'>,
  type: string,
  shown: string,
): Verdict | undefined {
  const status = 'unsupported';
  if (problem !== undefined) return { status, message: problem };
  if (isSupportedType(type)) return undefined;
  if (type === '') {
    const message =
      'the registry names no media type for the manifest, without which containerd cannot pull it';
    return { status, message };
  }
  return {
    status,
    message: `containerd, which pulls on a node, cannot pull a manifest of the media type ${JSON.stringify(shown)}`,
    hint: 'build the image anew as an OCI image; containerd 2.1 and later take no Docker schema 1, nor text/plain, which stands for it',
  };
}

/** Of one whose manifest was read, and is not what a node could use. */
export function unreadable(problem: string | undefined): Verdict | undefined {
  if (problem === undefined) return undefined;
  return {
    status: 'unsupported',
    message: `its manifest ${problem}: containerd, which pulls on a node, cannot read it`,
    hint: 'push the image again',
  };
}

/** Of one that nobody was let in for. */
export function verdictOf(
  tried: readonly TriedCandidate<unknown>[],
  candidates: readonly VerifiedCandidate[],
): Verdict {
  const last = tried.at(-1)?.result;
  if (last?.outcome === 'failed') return verdictOn(last.error);
  if (last?.outcome === 'refused' && last.isUnmet === true) {
    const hint =
      'the registry must send Basic or Bearer in a WWW-Authenticate header of its own, such as Bearer realm="https://…",service="…"';
    return { status: 'unsupported', message: last.message, hint };
  }
  if (candidates.some(({ outcome }) => outcome === 'not-found')) {
    return {
      status: 'not-found',
      message: 'the registry has no such image, or hides it from these credentials',
      hint: 'check the spelling and the tag; some registries say this to everybody who may not pull',
    };
  }
  if (candidates.every(({ source }) => source === undefined)) {
    return {
      status: 'refused',
      message: 'the registry refuses anonymous pulls, and there is no credential for the image',
      hint: 'check the spelling; docker-keyring explain shows which entries there are and why none matches',
    };
  }
  const message = 'the registry refused every credential; a node does not try without';
  return { status: 'refused', message, hint: refusalHint(tried) };
}

function refusalHint(tried: readonly TriedCandidate<unknown>[]): string {
  const credentials = tried.flatMap(({ credential }) => credential ?? []);
  const tokenOnly = credentials.find((one) => one.password === '' && one.ignoredToken());
  if (tokenOnly !== undefined) {
    const token = String(tokenOnly.ignoredToken());
    return `give a user name with a password or an access token: a kubelet ignores the ${token} of the entry ${tokenOnly.key}`;
  }
  if (credentials.some(isEmpty)) return 'remove the empty entry if the image is public';
  return 'make sure that the image exists, that the accounts may pull it, and that their passwords are current';
}

/** What keeps an image from being verified at all. */
export function verdictOn(error: unknown): Verdict {
  if (!isKeyringError(error)) {
    return { status: 'unreachable', message: `it could not be verified: ${String(error)}` };
  }
  const { message } = error;
  if (error.code === 'ERR_KEYRING_PULL_SECRET_INVALID') {
    const hint =
      'a kubelet fails every pull of such a pod; docker-keyring secret validate finds what is wrong';
    return { status: 'refused', message, hint };
  }
  if (error.code !== 'ERR_KEYRING_REALM_UNSAFE') return { status: 'unreachable', message };
  if (error.realm === '') return { status: 'unsupported', message };
  const hint = 'containerd, which pulls on a node, would send it there';
  return { status: 'unreachable', message, hint };
}
