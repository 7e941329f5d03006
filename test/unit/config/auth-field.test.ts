import { describe, expect, test } from '@jest/globals';
import { decodeAuthField } from '../../../src/config/auth-field.ts';
import { decodeBase64 } from '../../../src/go/base64.ts';

function base64(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64');
}

describe('an auth field that the kubelet takes', () => {
  test.each<[string, string, string, string]>([
    ['padded', base64('user:pass'), 'user', 'pass'],
    ['padded by two', base64('u:pass'), 'u', 'pass'],
    ['without its padding', base64('u:pass').replaceAll('=', ''), 'u', 'pass'],
    ['that needs no padding', base64('u:p'), 'u', 'p'],
    ['with colons in the password', base64('u:p:q:'), 'u', 'p:q:'],
    ['of nothing but a colon', 'Og==', '', ''],
    ['with line breaks anywhere', 'd\nT\r\np\nw\n', 'u', 'p'],
    ['with line breaks in its padding', 'Og=\n=\n', '', ''],
    ['with stray bits at its end', 'dTq=', 'u', ''],
    ['with text beyond ASCII', base64('ü:€😀'), 'ü', '€😀'],
    ['with a replacement character of its own', base64('u:a\uFFFDb'), 'u', 'a\uFFFDb'],
  ])('%s', (_name, field, username, password) => {
    expect(decodeAuthField(field)).toEqual({ username, password });
  });
});

describe('an auth field for which the kubelet rejects the document', () => {
  const NOT_BASE64 = '"auth" is not base64';
  const NO_COLON = '"auth" is not the base64 of "username:password": it holds no colon';

  test.each<[string, string, string]>([
    ['a space', 'dT pw', NOT_BASE64],
    ['a space at the end', 'dTpw ', NOT_BASE64],
    ['base64url', '-_-_', NOT_BASE64],
    ['too little padding', 'Og=', NOT_BASE64],
    ['too much padding', 'Og===', NOT_BASE64],
    ['padding alone', '====', NOT_BASE64],
    ['padding in the middle', 'Og==Og==', NOT_BASE64],
    ['one digit too many', 'dTpwd', NOT_BASE64],
    ['text beyond ASCII', 'dTpü', NOT_BASE64],
    ['a null byte', 'dTp\0', NOT_BASE64],
    ['no colon', base64('user'), NO_COLON],
    ['no colon, and bytes that are not UTF-8', '/w==', NO_COLON],
    ['double base64', base64(base64('user:pass')), NO_COLON],
  ])('%s', (_name, field, reason) => {
    expect(decodeAuthField(field)).toBe(reason);
  });
});

describe('bytes that are not UTF-8', () => {
  test.each([[[0x75, 0x3a, 0xff]], [[0xff, 0x3a, 0x70]], [[0x75, 0x3a, 0xe2, 0x82, 0x3a]]])(
    '%p are kept beside what strings can hold',
    (bytes) => {
      const decoded = decodeAuthField(base64(Uint8Array.from(bytes)));
      expect(decoded).toMatchObject({ basicBytes: Uint8Array.from(bytes) });
      expect(JSON.stringify(decoded)).toContain('\uFFFD');
    },
  );
});

test('decodeBase64 judges the padding as it is told', () => {
  expect(decodeBase64('Og==', 'unpadded')).toBeUndefined();
  expect(decodeBase64('Og', 'padded')).toBeUndefined();
  expect(decodeBase64('', 'padded')).toEqual(Buffer.alloc(0));
  expect(decodeBase64('AAAA', 'padded')).toEqual(Buffer.alloc(3));
});
