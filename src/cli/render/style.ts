// Colours and widths of the terminal, or as environment variables set them.

import picocolors from 'picocolors';
import type { CliContext, Output } from '../context.ts';

/** Longer lines are hard to read, however wide the terminal is. */
const MAX_WIDTH = 120;
const MIN_WIDTH = 40;

type Environment = Pick<CliContext['system'], 'env'>;

export interface Style {
  /** Functions that return the text unchanged where there are no colours. */
  readonly colors: ReturnType<typeof picocolors.createColors>;
  /** Where lines are broken; `Infinity` if the output is not a terminal. */
  readonly width: number;
}

/** For text within other formats. */
export const PLAIN_STYLE: Style = {
  colors: picocolors.createColors(false),
  width: Number.POSITIVE_INFINITY,
};

/** The style of standard output. */
export function styleOf({ stdout, system }: Pick<CliContext, 'stdout' | 'system'>): Style {
  return {
    colors: picocolors.createColors(hasColors(stdout, system)),
    width: widthOf(stdout, system),
  };
}

/** NO_COLOR wins (no-color.org), then FORCE_COLOR, then the terminal. */
export function hasColors(output: Output, system: Environment): boolean {
  if (isSet(system.env('NO_COLOR'))) return false;
  const forced = system.env('FORCE_COLOR');
  if (isSet(forced)) return forced !== '0' && forced !== 'false';
  return output.isTTY && system.env('TERM') !== 'dumb';
}

/** COLUMNS wins, so that lines of a pipe can be broken, too. */
export function widthOf({ isTTY, columns }: Output, system: Environment): number {
  const wanted =
    Number(system.env('COLUMNS')) || (isTTY ? columns || 80 : Number.POSITIVE_INFINITY);
  if (wanted === Number.POSITIVE_INFINITY) return wanted;
  return Math.min(Math.max(wanted, MIN_WIDTH), MAX_WIDTH);
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
