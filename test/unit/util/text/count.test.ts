import { expect, test } from '@jest/globals';
import { count } from '../../../../src/util/text/count.ts';

test('Counts have their plurals', () => {
  expect([count(1, 'entry', 'entries'), count(0, 'secret')]).toEqual(['1 entry', '0 secrets']);
});
