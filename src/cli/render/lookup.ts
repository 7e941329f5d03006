// The text of `lookup`.

import type { Credential } from '../../credential/credential.ts';
import type { System } from '../../system/system.ts';
import type { Found } from '../commands/lookup.ts';
import type { Style } from './style.ts';
import { describeExpiry, describeSource, printable, table } from './text.ts';

interface LookupView {
  readonly style: Style;
  readonly system: Pick<System, 'workingDirectory' | 'homeDirectory'>;
  readonly showSecrets: boolean;
}

/** One block for each image: the credentials in the order in which they are tried. */
export function renderLookup(found: readonly Found[], view: LookupView): string {
  return found.map((one) => renderFound(one, view)).join('\n');
}

function renderFound({ image, credentials }: Found, view: LookupView): string {
  const { bold, dim } = view.style.colors;
  const title = `${bold(printable(image))}\n`;
  if (credentials.length === 0)
    return `${title}  ${dim('no credentials: it is pulled anonymously')}\n`;
  if (view.showSecrets) {
    return title + credentials.map((one, index) => renderOpenly(one, index, view)).join('');
  }
  const rows = credentials.map((credential, index) => rowOf(credential, index, view));
  return title + table(rows, '  ', view.style.width);
}

function rowOf(credential: Credential, index: number, view: LookupView): string[] {
  const { bold, cyan, dim } = view.style.colors;
  const { source, expiresAt } = credential;
  return [
    bold(`${index + 1}.`),
    shownUsername(String(credential.toJSON()['username']), credential),
    cyan(printable(credential.key)),
    dim(`from ${printable(describeSource(source, view.system))}${describeExpiry(expiresAt)}`),
  ];
}

/** With its secrets, a credential takes a line for each field. */
function renderOpenly(credential: Credential, index: number, view: LookupView): string {
  const row = rowOf(credential, index, view);
  row[1] = shownUsername(credential.username, credential);
  const { password, identityToken, registryToken } = credential;
  const secrets = [
    ['password', password],
    ['identity token', identityToken],
    ['registry token', registryToken],
  ] as const;
  const rows = secrets.flatMap(([name, value = '']) =>
    value === '' ? [] : [[`${name}:`, printable(value)]],
  );
  return table([row], '  ', view.style.width) + table(rows, '      ', Number.POSITIVE_INFINITY);
}

function shownUsername(username: string, { identityToken, registryToken }: Credential): string {
  if (username !== '') return printable(username);
  if (registryToken !== undefined) return '(registry token)';
  return identityToken === undefined ? '(empty)' : '(identity token)';
}
