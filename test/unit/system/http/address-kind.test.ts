import { describe, expect, test } from '@jest/globals';
import { addressKind } from '../../../../src/system/http/address-kind.ts';
import type { AddressKind } from '../../../../src/system/system.ts';

/** Addresses, apart by spaces. */
function list(addresses: string): string[] {
  return addresses.trim().split(/\s+/);
}

const KINDS: Readonly<Record<AddressKind, readonly string[]>> = {
  loopback: list('127.0.0.1 127.255.255.255 0.0.0.0 0.255.255.255 ::1 ::'),
  // With the metadata servers of the clouds.
  'link-local': list(`
    169.254.169.254 169.254.0.0 169.254.255.255 168.63.129.16
    fe80::1 febf:ffff::1`),
  private: list(`
    10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255
    100.64.0.0 100.100.100.200 100.127.255.255
    192.0.0.0 192.0.0.192 192.0.0.255 198.18.0.0 198.19.255.255
    224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    fc00:: fd00:ec2::254 fdff:ffff::1 fec0::1 feff::1 ff02::1
    64:ff9b:1::808:808 64:ff9b:1:ffff::1 2001::1 2001:1ff::1 5f00::1`),
  public: list(`
    1.0.0.0 1.1.1.1 8.8.8.8 20.50.88.1
    2606:4700::1111 2001:4860:4860::8888 2a00::1 3fff:ffff::1`),
};

const JUST_OUTSIDE = list(`
  9.255.255.255 11.0.0.0 126.255.255.255 128.0.0.0 172.15.255.255 172.32.0.0
  192.167.255.255 192.169.0.0 169.253.255.255 169.255.0.0 100.63.255.255 100.128.0.0
  191.255.255.255 192.0.1.0 198.17.255.255 198.20.0.0 223.255.255.255
  168.63.129.15 168.63.129.17
  fbff:ffff::1 fe00::1 fe7f:ffff::1 2001:200::1 64:ff9b:2::1 5f01::1
  64:ff9b:0:1::a00:1 ::1:0:0:a00:1 2003::1`);

describe('The kind of an address', () => {
  test.each(Object.entries(KINDS).flatMap(([kind, all]) => all.map((one) => [one, kind])))(
    '%s is %s',
    (address, kind) => expect(addressKind(address)).toBe(kind),
  );

  test.each(JUST_OUTSIDE)('%s, just outside of a network, is public', (address) =>
    expect(addressKind(address)).toBe('public'),
  );

  test.each([
    ['mapped', '::ffff:'],
    ['compatible', '::'],
    ['translated', '64:ff9b::'],
    ['translated without state', '::ffff:0:'],
  ])('of version 4 is the same when it is %s', (_name, prefix) => {
    const addresses = ['127.0.0.1', '169.254.169.254', '10.1.2.3', '8.8.4.4'];
    expect(addresses.map((address) => addressKind(`${prefix}${address}`))).toEqual([
      'loopback',
      'link-local',
      'private',
      'public',
    ]);
  });

  test.each([
    ['::ffff:7f00:1', 'loopback'],
    ['::FFFF:A9FE:A9FE', 'link-local'],
    ['0:0:0:0:0:ffff:a00:1', 'private'],
    ['0000:0000:0000:0000:0000:ffff:0a00:0001', 'private'],
    ['::2', 'loopback'],
    ['::808:808', 'public'],
    ['64:ff9b:0:0:0:0:c0a8:1', 'private'],
    ['64:ff9b::c0a8:1', 'private'],
    ['2002:7f00:1::', 'loopback'],
    ['2002:a9fe:a9fe::1', 'link-local'],
    ['2002:a00:1:2:3:4:5:6', 'private'],
    ['2002::1', 'loopback'],
    ['2002:0:0:1::', 'loopback'],
    ['2002:808:808:1::1', 'public'],
  ])('of %s, however it is written, is %s', (address, kind) =>
    expect(addressKind(address)).toBe(kind),
  );

  test.each([
    ['fe80::1%eth0', 'link-local'],
    ['::1%lo', 'loopback'],
    ['::ffff:10.0.0.1%1', 'private'],
    ['2606:4700::1111%eth0', 'public'],
  ])('does not look at the zone of %s', (address, kind) => expect(addressKind(address)).toBe(kind));
});
