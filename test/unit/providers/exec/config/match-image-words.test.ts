import { expect, test } from '@jest/globals';
import { matchImageProblem } from '../../../../../src/providers/exec/config/validate-match-image.ts';

// What Go 1.26.8 says of `https://` and the pattern (url.Parse); what follows "invalid host" is left out.
test.each([
  ['[::1--- ]:5000', 'invalid character " " in host name'],
  ['[::1^]', 'invalid character "^" in host name'],
  ['[::1^]:x', 'invalid port ":x" after host'],
  ['[%41::1]', 'invalid URL escape "%41"'],
  ['[::1%2]', 'invalid URL escape "%2"'],
  ['[a%C3b]', 'invalid host'],
  ['[gcr.io]', 'invalid host'],
  ['[gcr.io]/a', 'invalid host'],
  ['[::1%25a b]', 'invalid character " " in host name'],
  ['[::1%25a%2fb]', 'invalid URL escape "%2f"'],
  ['[::1%25%7f]', 'invalid URL escape "%7f"'],
  ['[::1%25%C3]', 'invalid URL escape "%C3"'],
  ['[::1%25%zz]', 'invalid URL escape "%zz"'],
  ['[::1%25]', 'invalid host'],
])('Go says of %s: %s', (pattern, reason) => {
  expect(matchImageProblem(pattern)).toBe(`parse "https://${pattern}": ${reason}`);
});

test.each(['[::1%25a%20b]', '[::1%25\u00e4]', '[::1%25%7E]', '[::1%25%3Cx]'])(
  'Go takes the zone of %s',
  (pattern) => {
    expect(matchImageProblem(pattern)).toBeUndefined();
  },
);
