// Explains the second layer: the node's Docker configuration.

import type { ConfigFile, NodeConfig } from '../config/node-config.ts';
import { explainEntries, isInAnswer, type EntryContext } from './explain-entries.ts';
import type { ExplainedSource, ExplanationWarning, SourceStatus } from './explanation.ts';

/** One source for each place in the search path. */
export function explainNode({ files }: NodeConfig, context: EntryContext): ExplainedSource[] {
  return files.map((file) => {
    const all = file.config?.entries ?? [];
    const { entries, otherEntries } = explainEntries(all, context);
    const matches = entries.filter(isInAnswer).length;
    return {
      layer: 'node',
      source: { kind: 'docker-config', path: file.candidate.path },
      status: sourceStatus(file, matches),
      message: statusMessage(file, all.length, matches),
      entries,
      otherEntries,
      problems: file.problems.map(({ message }) => message),
    };
  });
}

/** Credential helpers are understood, but not run in this version. */
export function helperWarnings({ files }: NodeConfig): ExplanationWarning[] {
  return files.flatMap(({ candidate, config }) => {
    const { credsStore, credHelpers } = config ?? { credsStore: undefined, credHelpers: new Map() };
    if (credsStore === undefined && credHelpers.size === 0) return [];
    const names = [...(credsStore === undefined ? [] : [credsStore]), ...credHelpers.values()];
    const helpers = [...new Set(names)].map((name) => `docker-credential-${name}`);
    return [
      {
        code: 'helpers-not-run',
        message: `${candidate.path} names ${helpers.join(', ')}, which this version does not run`,
        hint: 'a kubelet does not run them either; write the credentials into "auths" or use a provider',
      },
    ];
  });
}

function sourceStatus({ status }: ConfigFile, matches: number): SourceStatus {
  if (status !== 'used') return status;
  return matches > 0 ? 'used' : 'no-match';
}

const MESSAGES = {
  malformed: 'it cannot be used, and nothing of it counts',
  kept: 'it cannot be used now; what it last held still counts',
  'not-consulted': 'an earlier file is valid, and the kubelet reads only one',
} as const;

function statusMessage({ candidate, status }: ConfigFile, count: number, matches: number): string {
  if (status === 'missing') {
    return candidate.variable === undefined ? 'there is no such file' : 'the variable is not set';
  }
  if (status !== 'used') return MESSAGES[status];
  const entries = count === 1 ? '1 entry' : `${count} entries`;
  return `it holds ${entries}, ${matches === 0 ? 'and none matches' : `${matches} of them in the answer`}`;
}
