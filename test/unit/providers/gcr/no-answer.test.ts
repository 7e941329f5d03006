import { expect, test } from '@jest/globals';
import { TimeoutError } from '../../../../src/errors.ts';
import { noAnswer } from '../../../../src/providers/gcr/no-answer.ts';
import { HttpFailure } from '../../../../src/system/http/http-failure.ts';

test('A service that was not reached is named with the reason, and without the address', () => {
  const timeout = new TimeoutError('GET http://config.example.com/folder', 1000);
  expect(noAnswer('X is away', timeout)).toMatchObject({
    message: 'X is away: nothing came within 1000 ms',
    cause: timeout,
  });
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const refused = new HttpFailure('GET http://config.example.com/folder: refused', { cause });
  expect(noAnswer('X is away', refused).message).toBe(
    'X is away: nothing listens there (ECONNREFUSED)',
  );
  expect(noAnswer('X is away', cause).message).toBe(
    'X is away: nothing listens there (ECONNREFUSED)',
  );
});
