// The text of `lookup`.

import type { Credential } from '../../credential/credential.ts';
import type { System } from '../../system/system.ts';
import type { Style } from './style.ts';
import { describeExpiry, describeSource, printable, table } from './text.ts';

/** The credentials of one image. */
export interface Found {
  readonly image: string;
  readonly credentials: readonly Credential[];
}

interface LookupView {
  readonly style: Style;
  readonly system: Pick<System, 'workingDirectory' | 'homeDirectory'>;
  readonly showSecrets: boolean;
}

/** A block for each image: its credentials in the order in which they are tried. */
export function renderLookup(found: readonly Found[], view: LookupView): string {
  return found.map((one) => renderFound(one, view)).join('\n');
}

function renderFound({ image, credentials }: Found, view: LookupView): string {
  const { bold, dim } = view.style.colors;
  const title = `${bold(printable(image))}\n`;
  if (credentials.length === 0)
    return `${title}  ${dim('no credentials: a node pulls anonymously')}\n`;
  if (view.showSecrets) {
    return title + credentials.map((one, index) => renderWithSecrets(one, index, view)).join('');
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

/** A line for each secret. */
function renderWithSecrets(credential: Credential, index: number, view: LookupView): string {
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
