// How a text from outside that names a host is shown: a URL, an image reference, a registry key. People put credentials
// into all of these. Every message, error and output that shows such a text takes it from here.

const REDACTED = '[redacted]';
const MAX_LENGTH = 256;
/** Nobody uses longer ones. */
const SCHEME = /^[a-z][a-z0-9+.-]{0,30}:\/\//i;
/** Queries, fragments and parameters follow these. */
const PARAMETERS = /[?#;=&]/;
/** A port has at most five digits, so `sha256:5000` is a host and `sha256:5a` the beginning of a digest. */
const DIGEST = /^@(?!sha\d+:\d{0,5}$)(?:sha\d+:[\da-z]*|[\w+.-]+:[\da-f]{32,})$/i;

/**
 * A text that names a host, without what may be a secret in it: nothing is shown that precedes its last `@`, or follows
 * its first `?`, `#`, `;`, `=` or `&`. The result is short; the time it takes is linear in the length of the text.
 *
 * @example
 * ```ts
 * shownUrl('https://user:hunter2@r.example.com/v2/?token=abc'); // → 'https://[redacted]@r.example.com/v2/?[redacted]'
 * ```
 */
export function shownUrl(text: string): string {
  return shorten(withoutSecrets(text));
}

/** The same for an image reference, which may end in `@` and a digest. */
export function shownReference(text: string): string {
  const at = text.lastIndexOf('@');
  const name = text.slice(0, Math.max(at, 0));
  const isDigest = DIGEST.test(text.slice(name.length)) && !isUserInfo(name);
  return shorten(isDigest ? withoutSecrets(name) + text.slice(at) : withoutSecrets(text));
}

/** Between a scheme and an `@` stands no image name. */
function isUserInfo(text: string): boolean {
  return SCHEME.test(text) && !text.slice(text.indexOf('//') + 2).includes('/');
}

/** Whether a text may hold a secret; no image's name does. */
export function mayHoldSecret(text: string): boolean {
  return withoutSecrets(text) !== text;
}

/** What {@link shownUrl} shows, however long it is. */
export function withoutSecrets(text: string): string {
  const parameters = text.search(PARAMETERS);
  // Whoever parses the text a second time takes %40 for an @.
  const at = Math.max(text.lastIndexOf('@'), text.lastIndexOf('%40'));
  if (at < 0) return parameters < 0 ? text : text.slice(0, parameters + 1) + REDACTED;
  const [scheme = ''] = SCHEME.exec(text) ?? [];
  if (parameters < 0) return scheme + REDACTED + text.slice(at);
  // Either the password holds the ? or the query holds the @.
  if (parameters < at) return scheme + REDACTED;
  return scheme + REDACTED + text.slice(at, parameters + 1) + REDACTED;
}

function shorten(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
