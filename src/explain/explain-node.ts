// Explains the second layer: the node's Docker configuration, and the credential helpers that it names.

import { fileStatusMessage, type ConfigFile, type NodeConfig } from '../config/node-config.ts';
import { explainEntries, isInAnswer, type EntryContext } from './explain-entries.ts';
import type { ExplainedSource, ExplanationWarning, SourceStatus } from './explanation.ts';
import { isPlaceholder } from '../config/config-entry.ts';
import { count } from '../util/text/count.ts';

/** A helper that was asked for an image. */
export interface ConsultedHelper {
  /** The file that names it. */
  readonly path: string;
  /** `pass` for the program `docker-credential-pass`. */
  readonly helper: string;
  /** What it was asked about. */
  readonly server: string;
  /** The keys that its credentials stand under. */
  readonly rawKeys: readonly string[];
  /** What came of it; a failure as a message without secrets. */
  readonly outcome: 'credentials' | 'nothing' | { readonly failure: string };
  /** Whether the answer is an earlier one. */
  readonly isRemembered: boolean;
}

/** What a lookup found in the second layer, as far as it is explained. */
export interface ExplainedNode {
  readonly config: NodeConfig;
  /** Whether helpers are run at all. */
  readonly runsHelpers: boolean;
  readonly helpers: readonly ConsultedHelper[];
}

/** One source for each place in the search path, and behind it one for each of its helpers that was asked. */
export function explainNode(
  { config, helpers }: ExplainedNode,
  context: EntryContext,
  nowMs: number,
): ExplainedSource[] {
  const inFiles = { ...context, judgedAtMs: nowMs };
  return config.files.flatMap((file) => {
    const own = helpers.filter(({ path }) => path === file.candidate.path);
    return [explainFile(file, own, inFiles), ...own.map((one) => explainHelper(one, context))];
  });
}

/** Helpers are named, but nobody runs them. */
export function helperWarnings({ config, runsHelpers }: ExplainedNode): ExplanationWarning[] {
  if (runsHelpers) return [];
  return config.files.flatMap(({ candidate, config: document }) => {
    if (document === undefined) return [];
    const { credsStore = '', credHelpers } = document;
    const names = new Set([credsStore, ...credHelpers.values()].filter((name) => name !== ''));
    if (names.size === 0) return [];
    const helpers = [...names].map((name) => `docker-credential-${name}`);
    return [
      {
        code: 'helpers-not-run',
        message: `${candidate.path} names ${helpers.join(', ')}, and no helper is run here`,
        hint: "a kubelet runs none either; a keyring does with semantics 'extended' and without helpers: false",
      },
    ];
  });
}

function explainFile(
  file: ConfigFile,
  helpers: readonly ConsultedHelper[],
  context: EntryContext,
): ExplainedSource {
  const all = file.config?.entries ?? [];
  const own = helpers.length === 0 ? all : all.filter((entry) => !isPlaceholder(entry));
  const { entries, otherEntries } = explainEntries(own, context);
  const matches = entries.filter(isInAnswer).length;
  return {
    layer: 'node',
    source: { kind: 'docker-config', path: file.candidate.path },
    status: sourceStatus(file, matches),
    message: statusMessage(file, own.length, matches) + helperMessage(helpers),
    entries,
    otherEntries,
    problems: file.problems.map(({ message }) => message),
  };
}

function explainHelper(
  { path, helper, server, rawKeys, outcome, isRemembered }: ConsultedHelper,
  context: EntryContext,
): ExplainedSource {
  const common = {
    layer: 'node',
    source: { kind: 'credential-helper', helper, path },
    entries: [],
    otherEntries: 0,
    problems: [],
  } as const;
  if (typeof outcome === 'object') {
    const message = 'it failed, and contributes nothing';
    return { ...common, status: 'failed', message, problems: [outcome.failure] };
  }
  const asked = `asked ${isRemembered ? 'before' : 'now'} about ${server};`;
  if (outcome === 'nothing') {
    return { ...common, status: 'no-match', message: `${asked} it has no credentials` };
  }
  const configs = rawKeys.map((rawKey) => ({ rawKey, username: '', password: '' }));
  const explained = explainEntries(configs, context);
  return explained.entries.some(isInAnswer)
    ? { ...common, ...explained, status: 'used', message: `${asked} it gave credentials` }
    : {
        ...common,
        ...explained,
        status: 'no-match',
        message: `${asked} it gave credentials, and an entry that matches directly hides them`,
      };
}

function sourceStatus({ status }: ConfigFile, matches: number): SourceStatus {
  if (status !== 'used') return status;
  return matches > 0 ? 'used' : 'no-match';
}

function statusMessage({ candidate, status }: ConfigFile, total: number, matches: number): string {
  if (status !== 'used') return fileStatusMessage(candidate, status);
  const entries = count(total, 'entry', 'entries');
  return `it holds ${entries}, ${matches === 0 ? 'and none matches' : `${matches} of them in the answer`}`;
}

function helperMessage(helpers: readonly ConsultedHelper[]): string {
  if (helpers.length === 0) return '';
  return `; it names ${helpers.map(({ helper }) => `docker-credential-${helper}`).join(', ')} for the image`;
}
