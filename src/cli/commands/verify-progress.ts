// How far verify is, in one line of a terminal that is written again and again.

import type { VerifiedImage } from '../../registry/verify/verify-report.ts';
import type { CliContext } from '../context.ts';
import { count } from '../render/text.ts';
import { verdictOn } from '../render/verify/outcome.ts';

/** The line. */
export interface Progress {
  update(state: {
    readonly done: number;
    readonly total: number;
    readonly image: VerifiedImage;
  }): void;
  /** Takes the line away, for other text or for good. */
  clear(): void;
}

const CLEAR_LINE = '\r\u001b[2K';

/** Where nobody looks, as in CI, the line is never written. */
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
