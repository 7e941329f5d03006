// URLs as Go's net/url parses them (Go 1.26.8, url.go), which decides what a registry key means to the kubelet. WHATWG's
// URL cannot serve: it lower-cases hosts, drops default ports, rewrites addresses and resolves dot segments.
//
// A Go string is bytes. Here one is a "byte string": every character is one byte, so that comparing two of them compares
// bytes, and a path that is percent-encoded Latin-1 has a value at all. For ASCII it is the text itself.

/** The parts of a URL that the kubelet looks at, as byte strings. */
export interface GoUrl {
  /** Host and port as written, unescaped. */
  readonly host: string;
  /** Path, unescaped. */
  readonly path: string;
}

const NOT_ASCII = /[^\0-\x7f]/;
const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;
/** ASCII that net/url refuses in a host; `%` is judged apart. encoding_table.go, encodeHost. */
const BAD_HOST_CHARACTER = /[ #/?@\\^`{|}]/;
/** In a host only bytes beyond ASCII and the percent sign may be escaped. */
const BAD_HOST_ESCAPE = /%(?!25)[0-7]/;
const USER_INFO = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
const PORT = /^(?::[0-9]*)?$/;
const ADDRESS = /^[0-9a-fA-F:.]*$/;

/** A text's UTF-8 bytes, one character a byte. */
export function toByteString(text: string): string {
  return NOT_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

/** The text of a byte string; what is not UTF-8 becomes U+FFFD. */
export function fromByteString(bytes: string): string {
  return NOT_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

/**
 * Parses what follows `https://` in a URL.
 *
 * @param text - A byte string.
 * @returns `undefined` where Go's url.Parse gives an error.
 */
export function parseSchemeless(text: string): GoUrl | undefined {
  const [beforeFragment, fragment] = cut(text, '#');
  // Control characters are looked for before the fragment only, which Go cuts off first.
  if (hasControl(beforeFragment) || BAD_ESCAPE.test(fragment)) return undefined;
  const [withoutQuery] = cut(beforeFragment, '?');
  const slash = withoutQuery.indexOf('/');
  const authority = slash < 0 ? withoutQuery : withoutQuery.slice(0, slash);
  const path = slash < 0 ? '' : withoutQuery.slice(slash);
  const host = parseAuthority(authority);
  return host === undefined || BAD_ESCAPE.test(path) ? undefined : { host, path: unescape(path) };
}

function parseAuthority(authority: string): string | undefined {
  const at = authority.lastIndexOf('@');
  const userInfo = authority.slice(0, Math.max(at, 0));
  if (!USER_INFO.test(userInfo) || BAD_ESCAPE.test(userInfo)) return undefined;
  const host = authority.slice(at + 1);
  return host.includes('[') ? parseAddressLiteral(host) : parseHostName(host);
}

function parseHostName(host: string): string | undefined {
  const colon = host.indexOf(':');
  if (colon >= 0 && !PORT.test(host.slice(colon))) return undefined;
  return unescapeHost(host);
}

/** `[address%25zone]:port`. */
function parseAddressLiteral(host: string): string | undefined {
  const close = host.lastIndexOf(']');
  if (host.lastIndexOf('[') !== 0 || close < 0) return undefined;
  const port = host.slice(close + 1);
  if (!PORT.test(port)) return undefined;
  const name = unescapeHostWithZone(host.slice(1, close));
  return name !== undefined && isIpv6(name) ? `[${name}]${port}` : undefined;
}

function unescapeHostWithZone(name: string): string | undefined {
  const zoneStart = name.indexOf('%25');
  if (zoneStart < 0) return unescapeHost(name);
  const address = unescapeHost(name.slice(0, zoneStart));
  const zone = name.slice(zoneStart);
  const isBad = BAD_ESCAPE.test(zone) || BAD_HOST_CHARACTER.test(zone) || !escapesFitZone(zone);
  return address === undefined || isBad ? undefined : address + unescape(zone);
}

/** In a zone may be escaped what may also stand there, and a space: Windows has them. */
function escapesFitZone(zone: string): boolean {
  const escapes = Array.from(zone.matchAll(/%[0-9a-fA-F]{2}/g), ([escape]) => unescape(escape));
  return escapes.every((byte) => {
    const isRefused = NOT_ASCII.test(byte) || hasControl(byte) || BAD_HOST_CHARACTER.test(byte);
    return byte === ' ' || !isRefused;
  });
}

function unescapeHost(host: string): string | undefined {
  const isBad =
    BAD_ESCAPE.test(host) || BAD_HOST_ESCAPE.test(host) || BAD_HOST_CHARACTER.test(host);
  return isBad ? undefined : unescape(host);
}

/** net/netip, ParseAddr: an IPv6 address, maybe with a zone that is not empty. */
function isIpv6(name: string): boolean {
  const [address, zone] = cut(name, '%');
  if (zone === '' && address.length < name.length) return false;
  return ADDRESS.test(address) && URL.canParse(`http://[${address}]/`);
}

/** Every percent sign in it begins an escape. */
function unescape(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = Buffer.from(text, 'latin1');
  let length = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    let byte = bytes[index] as number;
    if (byte === PERCENT) {
      byte = Number.parseInt(text.slice(index + 1, index + 3), 16);
      index += 2;
    }
    bytes[length] = byte;
    length += 1;
  }
  return bytes.toString('latin1', 0, length);
}

const PERCENT = 0x25;

function cut(text: string, separator: string): readonly [before: string, after: string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
