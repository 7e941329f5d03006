// The evidence of an explanation: the three layers with their sources.

import type { CredentialSource } from '../../../credential/credential.ts';
import type { ExplainedSource, Explanation, Layer } from '../../../explain/explanation.ts';
import { NOT_MATCHED } from '../../../explain/explain-providers.ts';
import { renderSource, type ExplanationView } from './source.ts';
import { namespaced } from '../../../credential/describe-source.ts';
import { printableData, wrap } from '../text.ts';

const LAYERS: readonly (readonly [Layer, string, string])[] = [
  ['pull-secrets', 'pull secrets', 'none'],
  ['node', 'node configuration', 'not read'],
  ['providers', 'providers', 'none'],
];

/** The layers in the order of a lookup. */
export function renderLayers({ sources }: Explanation, view: ExplanationView): string {
  const { bold, dim } = view.style.colors;
  const blocks = LAYERS.map(([layer, title, none], index) => {
    const isFirst = layer === 'pull-secrets';
    const own = sources.filter((source) => source.layer === layer);
    const lines = [
      ...own.filter((source) => !isForOthers(source)).map((source) => renderSource(source, view)),
      ...renderOthers(own.filter(isForOthers), view),
      ...(isFirst ? renderMissing(view) : []),
    ];
    const chosen = isFirst && view.chosenFor !== undefined ? ` ${view.chosenFor}` : '';
    const rest = printableData(lines.length === 0 ? `${chosen}: ${none}` : chosen);
    return `${dim(`layer ${index + 1}:`)} ${bold(title)}${rest}\n${lines.join('')}`;
  });
  return blocks.join('');
}

/** Whether none of a provider's `matchImages` matches: the usual case, shown in one line for all. */
function isForOthers(one: ExplainedSource): one is ProviderSource {
  return one.source.kind === 'provider' && one.message.startsWith(NOT_MATCHED);
}

interface ProviderSource extends ExplainedSource {
  readonly source: Extract<CredentialSource, { readonly kind: 'provider' }>;
}

function renderOthers(sources: readonly ProviderSource[], { style }: ExplanationView): string[] {
  const names = sources.map(({ source }) => source.provider);
  if (names.length === 0) return [];
  const { dim } = style.colors;
  return [
    wrap(
      `  ${dim('·')} `,
      `not asked, because none of their matchImages matches: ${names.join(', ')}`,
      style.width,
      dim,
    ),
  ];
}

function renderMissing({ missing, style }: ExplanationView): string[] {
  return printableData(missing).map((secret) =>
    wrap(
      `  ${style.colors.yellow('!')} `,
      `secret ${namespaced(secret)}: the pod names it, but no file contains it; a kubelet continues without it`,
      style.width,
    ),
  );
}
