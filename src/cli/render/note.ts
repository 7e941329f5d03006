// The lines below a message that say more of it, or what to do.

import type { Style } from './style.ts';
import { wrap } from './text.ts';

/** What a message adds below itself: `  = hint: what to do`. */
export function renderNote(
  kind: 'hint' | 'note',
  text: string,
  { indent, style }: { readonly indent: string; readonly style: Style },
): string {
  const { bold, blue } = style.colors;
  return wrap(`${indent}${blue('=')} ${bold(`${kind}:`)} `, text, style.width);
}
