import { describe, expect, test } from '@jest/globals';
import { createProgress } from '../../../../src/cli/commands/verify-progress.ts';
import type { CliContext } from '../../../../src/cli/context.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { pullable, refused, unreachable } from '../render/verify-reports.ts';

interface Terminal {
  readonly isTTY?: boolean;
  readonly isWanted?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** What three images write, and what is written when the line goes away. */
function written({ isTTY = true, isWanted = true, env = {} }: Terminal): string[] {
  const texts: string[] = [];
  const stderr = { write: (text: string) => void texts.push(text), isTTY, columns: 80 };
  const context = { stderr, system: fakeSystem({ env }) } as Pick<CliContext, 'stderr' | 'system'>;
  const progress = createProgress(context, isWanted);
  const images = [pullable('r.test/a'), refused('r.test/b'), unreachable('r.test/c')];
  for (const [index, image] of images.entries()) {
    progress.update({ done: index + 1, total: 3, image });
  }
  progress.clear();
  progress.clear();
  return texts;
}

const GONE = '\r\u001b[2K';

describe('The progress of verify', () => {
  test('is one line, which is written again and again, and then goes away', () => {
    expect(written({})).toEqual([
      '1/3 images',
      GONE,
      '2/3 images, 1 cannot be pulled',
      GONE,
      '3/3 images, 1 cannot be pulled',
      GONE,
    ]);
  });

  test.each<Terminal>([
    { isTTY: false },
    { isWanted: false },
    { env: { CI: 'true' } },
    { env: { TERM: 'dumb' } },
  ])('is not shown with %j', (terminal) => {
    expect(written(terminal)).toEqual([]);
  });
});
