// What decides the answers of a program that is not ours, such as a plugin of the kubelet: its whole environment, and the
// files of every cloud that it may ask. To add a cloud: its files below; a test compares them with the catalog's.

import { azureIdentity } from '../acr/identity/azure-identity.ts';
import { awsIdentity } from '../ecr/aws-identity.ts';
import { gcloudConfiguration, googleIdentity } from '../gcr/identity/google-identity.ts';
import { identityFiles, variablesOf, type PrincipalSystem } from './describe.ts';

/** Variables of one terminal, login or start of a service. All others count, since any program may read them. */
const OF_A_RUN = new Set(
  (
    '_ PWD OLDPWD SHLVL TERM COLORTERM COLUMNS LINES LS_COLORS WINDOWID DISPLAY WAYLAND_DISPLAY TMUX TMUX_PANE STY TTY ' +
    'HOSTNAME MAIL XDG_SESSION_ID DBUS_SESSION_BUS_ADDRESS INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID NOTIFY_SOCKET ' +
    'MANAGERPID WATCHDOG_PID WATCHDOG_USEC LISTEN_PID LISTEN_FDS LISTEN_FDNAMES'
  ).split(' '),
);
const OF_A_RUN_TOO = /^(?:SSH|TERM|VSCODE|npm)_/;

/**
 * Describes what decides what a program answers.
 *
 * @param paths - Files that it is started with, itself among them.
 */
export async function programIdentity(
  system: PrincipalSystem,
  paths: readonly string[] = [],
): Promise<readonly unknown[]> {
  const files = identityFiles(system);
  return [
    variablesOf(system, (name) => !OF_A_RUN.has(name) && !OF_A_RUN_TOO.test(name)),
    ...(await Promise.all([
      awsIdentity(system, files),
      azureIdentity(system, {}, files),
      googleIdentity(system, [], files),
      gcloudConfiguration(system, files),
      files.all([dockerConfigOf(system), ...paths]),
    ])),
  ];
}

/** It names helpers, and holds what they are asked for otherwise. */
function dockerConfigOf(system: PrincipalSystem): string | undefined {
  const home = system.homeDirectory();
  const directory = system.env('DOCKER_CONFIG') || (home === '' ? '' : `${home}/.docker`);
  return directory === '' ? undefined : `${directory}/config.json`;
}
