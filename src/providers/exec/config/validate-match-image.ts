// Whether a pattern of `matchImages` is a URL to the kubelet, and in which words Go refuses it. Source: Kubernetes v1.37.2
// pkg/credentialprovider/keyring.go, ParseSchemelessURL, and Go 1.26 net/url.

import { fromByteString, parseSchemeless, toByteString } from '../../../go/url.ts';
import { goQuote } from '../../../go/quote.ts';

/** What is wrong with a pattern, in Go's words, without its user information; `undefined` for nothing. */
export function matchImageProblem(pattern: string): string | undefined {
  if (parseSchemeless(toByteString(pattern)) !== undefined) return undefined;
  const [beforeFragment = ''] = pattern.split('#');
  const inFragment = parseSchemeless(toByteString(beforeFragment)) !== undefined;
  const shown = withoutUserInfo(inFragment ? pattern : beforeFragment);
  const reason = inFragment
    ? badEscape(pattern.slice(beforeFragment.length))
    : urlProblem(beforeFragment);
  return `parse ${goQuote(`https://${shown}`)}: ${reason ?? 'invalid host'}`;
}

/** A pattern for people: who writes a password into one shall not see it in a log. */
export function withoutUserInfo(pattern: string): string {
  return pattern.replace(/^.*@/s, '[redacted]@');
}

function urlProblem(text: string): string | undefined {
  if (hasControl(text)) return 'net/url: invalid control character in URL';
  const [withoutQuery = ''] = text.split('?');
  const slash = withoutQuery.indexOf('/');
  const authority = slash < 0 ? withoutQuery : withoutQuery.slice(0, slash);
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const problem = host.includes('[') ? addressProblem(host) : hostProblem(host);
  if (problem !== undefined) return problem;
  if (at >= 0 && parseSchemeless(toByteString(authority)) === undefined) {
    return 'net/url: invalid userinfo';
  }
  return slash < 0 ? undefined : badEscape(withoutQuery.slice(slash));
}

function addressProblem(host: string): string | undefined {
  if (host.lastIndexOf('[') > 0) return 'invalid IP-literal';
  const close = host.lastIndexOf(']');
  if (close < 0) return "missing ']' in host";
  const name = host.slice(1, close);
  const zoneStart = name.indexOf('%25');
  const address = zoneStart < 0 ? name : name.slice(0, zoneStart);
  return (
    portProblem(host.slice(close + 1)) ??
    hostNameProblem(address) ??
    zoneProblem(name.slice(address.length))
  );
}

function hostProblem(host: string): string | undefined {
  const colon = host.indexOf(':');
  return (colon < 0 ? undefined : portProblem(host.slice(colon))) ?? hostNameProblem(host);
}

function portProblem(port: string): string | undefined {
  return /^(?::\d*)?$/.test(port) ? undefined : `invalid port ${goQuote(port)} after host`;
}

const BAD_IN_HOST = /[ #/?@\\^`{|}]|%(?!25|[89a-fA-F][\da-fA-F]).{0,2}/s;
/** A zone may escape only what may also stand there unescaped, and the space. */
const BAD_IN_ZONE =
  /[ #/?@\\^`{|}]|%(?![\da-fA-F]{2}).{0,2}|%(?:[01][\da-fA-F]|7[fF]|[89a-fA-F][\da-fA-F]|2[3fF]|3[fF]|40|5[cCeE]|60|7[b-dB-D])/s;

function hostNameProblem(host: string): string | undefined {
  return hostBytesProblem(BAD_IN_HOST, host);
}

function zoneProblem(zone: string): string | undefined {
  return hostBytesProblem(BAD_IN_ZONE, zone);
}

/** The first that is wrong: an escape, or a character that a host may not have. */
function hostBytesProblem(bad: RegExp, text: string): string | undefined {
  const [found] = bad.exec(toByteString(text)) ?? [];
  if (found === undefined) return undefined;
  return found.startsWith('%')
    ? escapeProblem(found)
    : `invalid character ${goQuote(found)} in host name`;
}

function badEscape(text: string): string | undefined {
  const [found] = /%(?![\da-fA-F]{2}).{0,2}/s.exec(toByteString(text)) ?? [];
  return found === undefined ? undefined : escapeProblem(found);
}

/** @param bytes - Up to three, which may end in the middle of a character: that Go shows byte by byte. */
function escapeProblem(bytes: string): string {
  const text = fromByteString(bytes);
  const shown = text.includes('\uFFFD')
    ? bytes.replaceAll(/[^ -~]/g, (byte) => String.raw`\x` + byte.charCodeAt(0).toString(16))
    : goQuote(text).slice(1, -1);
  return `invalid URL escape "${shown}"`;
}

function hasControl(text: string): boolean {
  return Array.from(text).some((character) => character < ' ' || character === '\u007f');
}
