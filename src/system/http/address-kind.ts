// What kind of network an address belongs to, for requests that must not be led into a machine's own networks
// (IANA's registries of special-purpose addresses, RFC 6890).

import type { BlockList } from 'node:net';
import type { AddressKind } from '../system.ts';

/** Whatever is none of these is public. */
const NETWORKS: readonly (readonly [AddressKind, readonly string[]])[] = [
  ['loopback', ['127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128']],
  // Azure's host, which answers every virtual machine there, has an address that looks public.
  ['link-local', ['169.254.0.0/16', 'fe80::/10', '168.63.129.16/32']],
  [
    'private',
    [
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      // Shared with carriers, protocol assignments, benchmarks, multicast, reserved.
      '100.64.0.0/10',
      '192.0.0.0/24',
      '198.18.0.0/15',
      '224.0.0.0/4',
      '240.0.0.0/4',
      // Unique local, once site-local, and multicast; those of EC2's metadata (fd00:ec2::/32) are among the first.
      'fc00::/7',
      'fec0::/10',
      'ff00::/8',
      // Translation within a network (RFC 8215), Teredo and other protocols, segments (RFC 9602).
      '64:ff9b:1::/48',
      '2001::/23',
      '5f00::/16',
    ],
  ],
];

/** Addresses of version 6 that stand for one of version 4: where it begins, in groups of two bytes. */
const EMBEDDED: readonly (readonly [string, number])[] = [
  ['::ffff:0:0/96', 6],
  ['::/96', 6],
  // Translation (RFC 2765, RFC 6052), and 6to4.
  ['::ffff:0:0:0/96', 6],
  ['64:ff9b::/96', 6],
  ['2002::/16', 1],
];

let lists: ReadonlyMap<string, BlockList> | undefined;

/** The kind of an address, which must be one. A zone (`fe80::1%eth0`) does not matter. */
export function addressKind(address: string): AddressKind {
  const [text = ''] = address.split('%');
  if (!text.includes(':')) return kindOf(text, 'ipv4');
  const special = kindOf(text, 'ipv6');
  if (special !== 'public') return special;
  const embedded = EMBEDDED.find(([network]) => isIn(network, text, 'ipv6'));
  return embedded === undefined ? 'public' : kindOf(versionFour(text, embedded[1]), 'ipv4');
}

function kindOf(address: string, family: 'ipv4' | 'ipv6'): AddressKind {
  const found = NETWORKS.find(([, networks]) =>
    networks.some((network) => isIn(network, address, family)),
  );
  return found?.[0] ?? 'public';
}

function isIn(network: string, address: string, family: 'ipv4' | 'ipv6'): boolean {
  const isOfFamily = network.includes(':') === (family === 'ipv6');
  return isOfFamily && listOf(network).check(address, family);
}

function listOf(network: string): BlockList {
  lists ??= new Map(
    [...NETWORKS.flatMap(([, networks]) => networks), ...EMBEDDED.map(([one]) => one)].map(
      (one) => [one, blockList(one)] as const,
    ),
  );
  return lists.get(network) as BlockList;
}

function blockList(network: string): BlockList {
  const { BlockList: List } = process.getBuiltinModule('node:net');
  const [address = '', prefix] = network.split('/');
  const list = new List();
  list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

function versionFour(address: string, group: number): string {
  // A URL has all forms written alike: in groups, the last two as well.
  const { hostname } = new URL(`http://[${address}]`);
  const [head = '', tail = ''] = hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail].map((part) => (part === '' ? [] : part.split(':'))) as [
    string[],
    string[],
  ];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(group, group + 2);
  const bytes = groups.flatMap((one) => [
    Number.parseInt(one, 16) >> 8,
    Number.parseInt(one, 16) & 0xff,
  ]);
  return bytes.join('.');
}
