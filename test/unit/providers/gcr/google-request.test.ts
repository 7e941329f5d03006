import { expect, test } from '@jest/globals';
import { TimeoutError } from '../../../../src/errors.ts';
import { networkFailure } from '../../../../src/providers/gcr/google-request.ts';
import { HttpFailure } from '../../../../src/system/http/http-failure.ts';

test('A service that was not reached is named with the reason, and without the address', () => {
  const timeout = new TimeoutError('GET http://config.example.com/folder', 1000);
  expect(networkFailure('X is away', timeout)).toMatchObject({
    message: 'X is away: nothing came within 1000 ms',
    cause: timeout,
  });
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const refused = new HttpFailure('GET http://config.example.com/folder: refused', { cause });
  expect(networkFailure('X is away', refused).message).toBe(
    'X is away: nothing listens there (ECONNREFUSED)',
  );
  expect(networkFailure('X is away', cause).message).toBe(
    'X is away: nothing listens there (ECONNREFUSED)',
  );
});
