import { describe, expect, test } from '@jest/globals';

import { registryKeyFindings, sharedKeyFindings } from '../../../src/findings/key-findings.ts';

describe('a registry key', () => {
  test.each<[string, string[]]>([
    ['gcr.io', []],
    ['https://index.docker.io/v1/', []],
    ['http://localhost:5000', []],
    ['localhost', []],
    ['reg:5000', []],
    ['*.dkr.ecr.*.amazonaws.com', []],
    ['[::1]:5000', []],
    ['my_registry.io/app', []],
    ['gcr.io/acme/a', []],
    ['gcr.io/a_', []],
    ['', ['key-host']],
    ['HTTPS://gcr.io', ['key-scheme']],
    ['oci://gcr.io', ['key-scheme']],
    ['https://https://gcr.io', ['key-scheme']],
    ['https://oci://gcr.io', ['key-scheme']],
    ['gcr.io/%zz', ['key-host']],
    ['g cr.io', ['key-host']],
    ['gcr.io/%25zz', ['key-host']],
    ['index.docker.io/library', ['key-hub-alias']],
    ['index.docker.io/v1', ['key-hub-alias']],
    ['registry-1.docker.io', ['key-hub-alias']],
    ['[::1]', ['key-port']],
    ['[::1]:', ['key-port']],
    ['gcr.io.', ['key-dot']],
    ['*.', ['key-dot']],
    ['é.io', ['key-host']],
    ['my_registry.io:5000', ['key-host']],
    ['registry', ['key-host']],
    ['GCR.io', ['key-case']],
    ['*', ['key-glob']],
    ['gcr.io/*', ['key-glob']],
    ['gcr.io/app:1.0', ['key-path']],
    ['gcr.io/app@sha256', ['key-path']],
    ['gcr.io/Acme', ['key-path']],
    ['gcr.io//', ['key-path']],
    ['gcr.io/_', ['key-path']],
    ['gcr.io/v1', ['key-path']],
    ['gcr.io/v2', ['key-path']],
    ['gcr.io/acme/', ['key-path']],
    ['gcr.io:443', ['key-port']],
    ['gcr.io:80/a', ['key-port']],
    ['user:canary@gcr.io', ['key-user-info']],
    ['https://canary@gcr.io/v1', ['key-user-info', 'key-path']],
  ])('%j: %j', (key, expected) => {
    const findings = registryKeyFindings(key, 'field');
    expect(findings.map(({ code }) => code)).toEqual(expected);
    expect(JSON.stringify(findings)).not.toContain('canary');
    for (const finding of findings) {
      expect(finding).toMatchObject({ severity: 'warning', where: { field: 'field' } });
      expect(finding).not.toHaveProperty('rejectedBy');
    }
  });

  test('has a hint that names the scheme to leave out', () => {
    expect(registryKeyFindings('HTTPS://gcr.io', 'f')[0]?.hint).toBe('Leave HTTPS:// out.');
    expect(registryKeyFindings('https://oci://gcr.io', 'f')[0]?.hint).toBe('Leave oci:// out.');
  });
});

function both(...keys: string[]): string[] {
  return sharedKeyFindings(keys, 'auths').map(({ code, where }) => `${code} ${where.field}`);
}

describe('several registry keys', () => {
  test('are named ten at most', () => {
    const keys = Array.from({ length: 12 }, (_, index) => `gcr.io?${index}`);
    expect(sharedKeyFindings(keys, 'f')[0]?.message).toContain('and 2 more are one key');
  });

  test('may be one', () => {
    expect(both('gcr.io', 'https://gcr.io', 'http://gcr.io/', 'g cr.io', 'b ad')).toEqual([
      'key-duplicate auths',
    ]);
    expect(sharedKeyFindings(['gcr.io', 'https://u:canary@gcr.io'], 'f')[0]?.message).toBe(
      '"gcr.io" and "https://[redacted]@gcr.io" are one key for the kubelet, which tries them in random order',
    );
  });

  test('may hide Docker Hub’s', () => {
    const hub = 'https://index.docker.io/v1/';
    expect(both(hub, 'docker.io')).toEqual(['hub-shadowed auths[docker.io]']);
    expect(both(hub, '*.io/acme')).toEqual(['hub-shadowed auths[*.io/acme]']);
    expect(both(hub, 'gcr.io', 'docker.io:5000', 'gcr.io/%25zz', 'b ad')).toEqual([]);
    expect(both('docker.io', 'gcr.io')).toEqual([]);
  });
});
