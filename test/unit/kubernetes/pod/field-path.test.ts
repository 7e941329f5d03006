import { expect, test } from '@jest/globals';
import { fieldText } from '../../../../src/kubernetes/pod/field-path.ts';

test('A path is written as the API server writes it', () => {
  expect(fieldText(['spec', 'containers', 0, 'image'])).toBe('spec.containers[0].image');
});
