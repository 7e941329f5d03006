import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { nodeCrypto } from '../../../src/system/node-crypto.ts';
import { sha256 } from '../../../src/system/sha256.ts';

test("gives Node's own cryptography, and hashes with it", () => {
  expect(nodeCrypto().createHash).toBe(createHash);
  expect(sha256('grüße')).toBe(createHash('sha256').update('grüße').digest('hex'));
});
