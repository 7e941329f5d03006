// The evidence of an explanation: the three layers and what is in each.

import type { Explanation, Layer } from '../keyring/explanation.ts';
import { renderSource, type ExplanationView } from './render-source.ts';
import { namespaced, printableData, wrap } from './text.ts';

const LAYERS: readonly (readonly [Layer, string, string])[] = [
  ['pull-secrets', 'pull secrets', 'none'],
  ['node', 'node configuration', 'not read'],
  ['providers', 'providers', 'none'],
];

/** The layers in the order in which they are asked. */
export function renderLayers({ sources }: Explanation, view: ExplanationView): string {
  const { bold, dim } = view.style.colors;
  const blocks = LAYERS.map(([layer, title, none], index) => {
    const isFirst = layer === 'pull-secrets';
    const lines = [
      ...sources.filter((source) => source.layer === layer).map((one) => renderSource(one, view)),
      ...(isFirst ? renderMissing(view) : []),
    ];
    const chosen = isFirst && view.chosenFor !== undefined ? ` ${view.chosenFor}` : '';
    const rest = printableData(lines.length === 0 ? `${chosen}: ${none}` : chosen);
    return `${dim(`layer ${index + 1}:`)} ${bold(title)}${rest}\n${lines.join('')}`;
  });
  return blocks.join('');
}

function renderMissing({ missing, style }: ExplanationView): string[] {
  return printableData(missing).map((secret) =>
    wrap(
      `  ${style.colors.yellow('!')} `,
      `secret ${namespaced(secret)}: it is named, but not in the given files; a kubelet goes on without it`,
      style.width,
    ),
  );
}
