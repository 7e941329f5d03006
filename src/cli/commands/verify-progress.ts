// The progress of verify: one line of a terminal, which is updated.

import type { VerifiedImage } from '../../registry/verify/verify-report.ts';
import type { CliContext } from '../context.ts';
import { count } from '../../util/text/count.ts';
import { verdictOn } from '../render/verify/outcome.ts';

export interface Progress {
  update(state: {
    readonly done: number;
    readonly total: number;
    readonly image: VerifiedImage;
  }): void;
  /** Removes the line, for other text or at the end. */
  clear(): void;
}

const CLEAR_LINE = '\r\u001b[2K';

/** Shows nothing where there is no terminal, and in CI. */
export function createProgress(
  { stderr, system }: Pick<CliContext, 'stderr' | 'system'>,
  isWanted: boolean,
): Progress {
  const isShown = isWanted && stderr.isTTY && system.env('TERM') !== 'dumb' && !system.env('CI');
  let failed = 0;
  let line = '';
  const clear = (): void => {
    if (line !== '') stderr.write(CLEAR_LINE);
    line = '';
  };
  return {
    update({ done, total, image }) {
      if (verdictOn(image.status) === 'failed') failed += 1;
      if (!isShown) return;
      clear();
      line = `${done}/${count(total, 'image')}${failed === 0 ? '' : `, ${failed} cannot be pulled`}`;
      stderr.write(line);
    },
    clear,
  };
}
