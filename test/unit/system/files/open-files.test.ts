import { expect, test } from '@jest/globals';
import { whenFilesAreFew } from '../../../../src/system/files/open-files.ts';

test('No more than 64 files are read at a time, in the order in which they are asked for', async () => {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const readings = Array.from({ length: 200 }, (_, index) =>
    whenFilesAreFew(async () => {
      started.push(index);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (index % 2 === 1) throw new Error('it cannot be read');
      return index;
    }),
  );
  const settled = Promise.allSettled(readings);
  expect(started).toHaveLength(64);
  ends.shift()?.();
  await readings[0];
  await Promise.resolve();
  expect(started).toHaveLength(65);
  const endAll = async (): Promise<void> => {
    if (started.length === 200 && ends.length === 0) return;
    ends.shift()?.();
    // Each that ends lets another begin.
    await Promise.resolve();
    await endAll();
  };
  await endAll();
  await settled;
  expect(started).toEqual(Array.from({ length: 200 }, (_, index) => index));
  expect(await whenFilesAreFew(async () => 'free again')).toBe('free again');
});
