import { isUtf8 } from 'node:buffer';
import type { Answer, Case, CredentialAnswer } from './cases.ts';
import type { LibraryAnswer, LibraryCredential } from './library.ts';

type Compare = (kubelet: Answer, library: LibraryAnswer) => string | undefined;

const COMPARISONS: Readonly<Record<Case['kind'], Compare>> = {
  lookup: lookupDifference,
  image: imageDifference,
  entry: (kubelet, library) => fieldDifference('matched', kubelet.matched, library.matched),
  match: (kubelet, library) => fieldDifference('matched', kubelet.matched, library.matched),
  'default-policy': (kubelet, library) => fieldDifference('policy', kubelet.policy, library.policy),
  'verification-policy': policyDifference,
  'must-attempt-pull': policyDifference,
};

/** How the library's answer differs from the kubelet's, in a few words, or `undefined`. */
export function difference(
  question: Case,
  kubelet: Answer,
  library: LibraryAnswer,
): string | undefined {
  return COMPARISONS[question.kind](kubelet, library);
}

function imageDifference(kubelet: Answer, library: LibraryAnswer): string | undefined {
  return (
    fieldDifference('rejected', kubelet.rejected, library.rejected) ??
    fieldDifference('repo', kubelet.repo ?? '', library.repo ?? '') ??
    fieldDifference('tag', kubelet.tag ?? '', library.tag ?? '') ??
    fieldDifference('digest', kubelet.digest ?? '', library.digest ?? '')
  );
}

/** The kubelet does not start with a policy that it refuses; here it is a caller's mistake. */
function policyDifference(kubelet: Answer, library: LibraryAnswer): string | undefined {
  return (
    fieldDifference('rejected', kubelet.rejected, library.rejected) ??
    fieldDifference('required', kubelet.required, library.required) ??
    fieldDifference('mustPull', kubelet.mustPull, library.mustPull)
  );
}

function fieldDifference<T>(what: string, kubelet: T, library: T): string | undefined {
  return kubelet === library
    ? undefined
    : `${what}: kubelet ${JSON.stringify(kubelet)}, library ${JSON.stringify(library)}`;
}

function lookupDifference(kubelet: Answer, library: LibraryAnswer): string | undefined {
  const refused = fieldDifference('rejected', kubelet.rejected, library.rejected);
  if (refused !== undefined || kubelet.rejected !== undefined) return refused;
  const found = library.credentials ?? [];
  const expected = kubelet.credentials ?? [];
  if (found.length !== expected.length) {
    return fieldDifference('number of credentials', expected.length, found.length);
  }
  const file = found.find((credential) => credential.secret === null)?.file;
  if (file !== undefined && file !== kubelet.file) {
    return fieldDifference('file', kubelet.file, file);
  }
  return credentialsDifference(expected, found);
}

function credentialsDifference(
  expected: readonly CredentialAnswer[],
  found: readonly LibraryCredential[],
): string | undefined {
  for (const [start, end] of runs(found)) {
    const rest = expected.slice(start, end);
    for (const credential of found.slice(start, end)) {
      const at = rest.findIndex((candidate) => isSame(candidate, credential));
      if (at < 0) {
        return `credential ${start}: kubelet ${shownExpected(rest)}, library ${shown(credential)}`;
      }
      rest.splice(at, 1);
    }
  }
  return undefined;
}

/** Runs of credentials of one key and one source: in Go their order is that of a map. */
function runs(found: readonly LibraryCredential[]): [number, number][] {
  const list: [number, number][] = [];
  found.forEach((credential, index) => {
    const run = list.at(-1);
    const before = found[index - 1];
    if (run !== undefined && before !== undefined && isOneRun(before, credential)) run[1] += 1;
    else list.push([index, index + 1]);
  });
  return list;
}

function isOneRun(one: LibraryCredential, other: LibraryCredential): boolean {
  return (
    one.key === other.key &&
    one.file === other.file &&
    JSON.stringify(one.secret) === JSON.stringify(other.secret)
  );
}

function isSame(kubelet: CredentialAnswer, library: LibraryCredential): boolean {
  return (
    kubelet.hash === library.hash &&
    isSameText(kubelet.email, library.email) &&
    isSameSecret(kubelet, library) &&
    isSamePair(kubelet, library)
  );
}

function isSamePair(kubelet: CredentialAnswer, library: LibraryCredential): boolean {
  const [username, password] = [bytesOf(kubelet.username), bytesOf(kubelet.password)];
  const pair = Buffer.concat([username, Buffer.from(':'), password]);
  return (
    pair.equals(library.basicBytes) &&
    isSameText(kubelet.username, library.username) &&
    isSameText(kubelet.password, library.password)
  );
}

/** Bytes that are not UTF-8 become replacement characters in a string, and count as the same. */
function isSameText(base64: string, text: string): boolean {
  const bytes = bytesOf(base64);
  return isUtf8(bytes) ? bytes.toString('utf8') === text : text.includes('\ufffd');
}

function isSameSecret(kubelet: CredentialAnswer, library: LibraryCredential): boolean {
  if (kubelet.secret === null || library.secret === null) return kubelet.secret === library.secret;
  const { uid, namespace, name } = kubelet.secret;
  return (
    uid === library.secret.uid &&
    namespace === library.secret.namespace &&
    name === library.secret.name
  );
}

function shownExpected(candidates: readonly CredentialAnswer[]): string {
  return candidates
    .map(({ username, password, email, hash, secret }) => {
      const texts = [username, password, email].map((text) => bytesOf(text).toString('utf8'));
      return JSON.stringify({ texts, hash: hash.slice(0, 8), secret: secret?.name });
    })
    .join(' or ');
}

function shown({ username, password, email, key, hash, secret }: LibraryCredential): string {
  const texts = [username, password, email];
  return JSON.stringify({ texts, key, hash: hash.slice(0, 8), secret: secret?.name });
}

function bytesOf(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
