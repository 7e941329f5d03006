// For which hosts NO_PROXY names no proxy, as Go reads it (golang.org/x/net v0.57.0 http/httpproxy/proxy.go), since that is
// what a cluster's own programs obey: domains with all below them, addresses, networks as CIDR, and ports.

import type { BlockList } from 'node:net';

const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** A host that is asked for, as entries are compared with it. */
interface Target {
  /** An address without its brackets. */
  readonly host: string;
  readonly port: string;
  /** 0 for a name. */
  readonly family: number;
}

/**
 * Whether a list names a URL's host.
 *
 * @param list - The value of `NO_PROXY`.
 */
export function isInNoProxy({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const { isIP } = process.getBuiltinModule('node:net');
  const target = { host, port: port === '' ? String(PORTS[protocol]) : port, family: isIP(host) };
  return list.split(',').some((entry) => isNamed(target, entry.trim().toLowerCase()));
}

function isNamed(target: Target, entry: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const network = networkIn(entry);
  if (network !== undefined) return isInNetwork(target, network);
  const [host, port] = splitHostPort(entry);
  if (host === '' || (port !== '' && port !== target.port)) return false;
  return process.getBuiltinModule('node:net').isIP(host) === 0
    ? isDomain(target, host)
    : isInNetwork(target, networkOf(host));
}

/** net.SplitHostPort, where what has no port, or too many colons, is a host as it is. */
function splitHostPort(entry: string): readonly [host: string, port: string] {
  const [, bracketed, name, port] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(entry) ?? [];
  return port === undefined ? [entry, ''] : [bracketed ?? String(name), port];
}

/** `foo.com` names what is below it too; `.foo.com` and `*.foo.com` only that. */
function isDomain({ host, family }: Target, entry: string): boolean {
  if (family !== 0) return false;
  const { domainToASCII } = process.getBuiltinModule('node:url');
  const pattern = entry.replace(/^\*\./, '.');
  const ends = pattern.startsWith('.') ? pattern : `.${pattern}`;
  const ascii = /^[\0-\x7f]*$/.test(ends) ? ends : `.${domainToASCII(ends.slice(1))}`;
  return host.endsWith(ascii) || (pattern !== ends && host === ascii.slice(1));
}

/** A network by its prefix; one address is a network too. */
interface Network {
  readonly address: string;
  readonly prefix: number;
}

/** net.ParseCIDR. */
function networkIn(entry: string): Network | undefined {
  const [, address = '', digits = ''] = /^([\da-f.:]+)\/(\d{1,3})$/.exec(entry) ?? [];
  const widest = widthOf(address);
  const prefix = Number(digits);
  return widest > 0 && prefix <= widest ? { address, prefix } : undefined;
}

function networkOf(address: string): Network {
  return { address, prefix: widthOf(address) };
}

/** In bits; 0 of what is no address. */
function widthOf(address: string): number {
  const family = process.getBuiltinModule('node:net').isIP(address);
  if (family === 0) return 0;
  return family === 4 ? 32 : 128;
}

/** An address of version 4 is in a network of version 6 only where that stands for one of version 4 as well. */
function isInNetwork({ host, family }: Target, { address, prefix }: Network): boolean {
  if (family === 0) return false;
  const isOther = isVersionFour(host) && !isVersionFour(address);
  return !isOther && isWithin(host, { address, prefix });
}

function isVersionFour(address: string): boolean {
  return !address.includes(':') || isWithin(address, { address: '::ffff:0:0', prefix: 96 });
}

function isWithin(host: string, { address, prefix }: Network): boolean {
  const { BlockList: List } = process.getBuiltinModule('node:net');
  const list: BlockList = new List();
  list.addSubnet(address, prefix, familyOf(address));
  return list.check(host, familyOf(host));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
