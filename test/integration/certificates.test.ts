// Whether others than Node.js accept the certificates of docker-keyring/testing: OpenSSL in its strict mode, and Go.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCertificate } from 'docker-keyring/testing';

const NAMES = ['registry.example.com', '*.azurecr.io', '127.0.0.1'];
const GO_PROGRAM = `
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
)

func main() {
	ca, _ := os.ReadFile(os.Args[1])
	cert, _ := os.ReadFile(os.Args[2])
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	block, _ := pem.Decode(cert)
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range os.Args[3:] {
		_, err = leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots})
		fmt.Println(name, err)
	}
}
`;

let folder: string;
let ca: string;
let cert: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docker-keyring-certificates-'));
  [ca, cert] = [join(folder, 'ca.pem'), join(folder, 'cert.pem')];
  const certificate = await createTestCertificate(NAMES);
  writeFileSync(ca, certificate.ca);
  writeFileSync(cert, certificate.cert);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a program prints; fails with its own words where it cannot be run. */
function run(command: string, argv: readonly string[]): string {
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' };
  const { error, stdout, stderr } = spawnSync(command, argv, { encoding: 'utf8', env });
  if (error !== undefined) throw new Error(`${command} must be installed: ${error.message}`);
  return stdout + stderr;
}

test.each([
  ['-verify_hostname', 'registry.example.com'],
  ['-verify_hostname', 'team.azurecr.io'],
  ['-verify_ip', '127.0.0.1'],
])('OpenSSL accepts them in its strict mode: %s %s', (option, name) => {
  const strict = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', ca];
  expect(run('openssl', [...strict, option, name, cert])).toBe(`${cert}: OK\n`);
});

test('OpenSSL refuses them for another name', () => {
  const argv = ['verify', '-CAfile', ca, '-verify_hostname', 'azurecr.io.evil.example', cert];
  expect(run('openssl', argv)).toContain('hostname mismatch');
});

test('Go accepts them for their names and no others', () => {
  const program = join(folder, 'main.go');
  writeFileSync(program, GO_PROGRAM);
  const names = ['registry.example.com', 'team.azurecr.io', '127.0.0.1', 'a.b.azurecr.io'];
  const lines = run('go', ['run', program, ca, cert, ...names])
    .trimEnd()
    .split('\n');
  expect(lines.slice(0, 3)).toEqual(names.slice(0, 3).map((name) => `${name} <nil>`));
  expect(lines[3]).toMatch(/^a\.b\.azurecr\.io x509: certificate is valid for/);
});
