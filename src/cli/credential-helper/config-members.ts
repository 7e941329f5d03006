// The members of docker-credential-keyring's configuration, and their checks.

import { firstRepeated } from '../../util/text/first-repeated.ts';
import { isBooleanOption, isText, type Check } from '../../util/option-checks.ts';
import { findRow, namesIn } from '../../providers/catalog.ts';
import { HELPER_NAME_RULE, isHelperName } from '../../providers/docker-helper/helper-name.ts';

/** The configuration file; every member is optional. */
export interface ConfigDocument {
  readonly providers?: readonly string[];
  readonly dockerConfig?: readonly string[];
  readonly store?: string;
  readonly cache?: boolean;
}

const OWN_NAME = 'keyring';

/** Checks by member. A problem is a phrase that follows the member's name. */
export const CONFIG_MEMBERS: Readonly<Record<string, Check>> = {
  providers: providersProblem,
  dockerConfig: (value) => (isTexts(value) ? undefined : 'must be an array of paths'),
  store: storeProblem,
  cache: isBooleanOption,
};

function providersProblem(value: unknown): string | undefined {
  if (!isTexts(value)) return 'must be an array of strings';
  const repeated = firstRepeated(value);
  if (repeated !== undefined) return `names ${repeated} twice`;
  const sets = value.filter((name) => name.startsWith('exec:'));
  if (sets.length > 1) return 'names more than one exec:CONFIG,BINDIR; CONFIG may be a directory';
  const problems = value.flatMap((name) => providerProblem(name) ?? []);
  return problems[0];
}

function providerProblem(name: string): string | undefined {
  const found = findRow(name, 'credential-helper');
  if (found === undefined) {
    const known = namesIn('credential-helper')
      .join(', ')
      .replace(/, (?=[^ ]*$)/, ' and ');
    return `names ${JSON.stringify(name)}, which is not a provider; use ${known}`;
  }
  const { row, argument } = found;
  if (row.argument === 'NAME') return helperProblem(argument);
  const isWhole = row.argument === undefined || /^[^,]+,[^,]+$/.test(argument);
  return isWhole
    ? undefined
    : `has ${row.name}: without two paths, as in ${row.name}:CONFIG,BINDIR`;
}

function storeProblem(value: unknown): string | undefined {
  if (value === 'file' || value === 'none') return undefined;
  if (isText(value) && /^file:./s.test(value)) return undefined;
  if (isText(value) && value.startsWith('helper:')) {
    return helperProblem(value.slice('helper:'.length));
  }
  return 'must be "file", "file:PATH", "helper:NAME" or "none"';
}

function helperProblem(name: string): string | undefined {
  if (name === OWN_NAME) return 'names docker-credential-keyring, which is this program: a loop';
  return isHelperName(name) ? undefined : `names no helper: ${HELPER_NAME_RULE}`;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
