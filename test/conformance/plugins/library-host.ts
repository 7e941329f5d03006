import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyring } from '../../../src/create-keyring/create-keyring.ts';
import type { Credential } from '../../../src/credential/credential.ts';
import type {
  GetServiceAccountToken,
  ServiceAccountToken,
} from '../../../src/providers/contract.ts';
import { execPlugins } from '../../../src/providers/exec/exec-plugins.ts';
import type { CaseAnswer, FoundCredential, LookupCase, PlacedCase } from './cases.ts';

/** What the library gets, up to the first lookup in which a plugin failed. */
export interface LibraryAnswer extends CaseAnswer {
  readonly failures: readonly string[];
}

/** Runs a case; cases must not run at the same time, since plugins learn of the lookup through the environment. */
export async function askLibrary(question: PlacedCase): Promise<LibraryAnswer> {
  const { config, binDir, serviceAccounts } = question;
  const failures: string[] = [];
  let token = '';
  const getServiceAccountToken: GetServiceAccountToken = (request) => {
    const { namespace, serviceAccountName: name, pod, audience } = request;
    const account = serviceAccounts[`${namespace}/${name}`];
    if (account === undefined) return Promise.reject(new Error('no such service account'));
    const parts = [token, namespace, name, account.uid, audience, pod.name, pod.uid];
    const given: ServiceAccountToken = { ...account, token: parts.join('/') };
    return Promise.resolve(given);
  };
  const keyring = createKeyring({
    dockerConfig: false,
    semantics: 'kubelet',
    providers: [execPlugins({ config, binDir })],
    getServiceAccountToken,
    onProblem: (error) => failures.push(error.message),
  });
  const lookups: FoundCredential[][] = [];
  const ask = async (lookup: LookupCase, index: number): Promise<void> => {
    process.env['PLUGIN_LOOKUP'] = String(index);
    ({ token } = lookup);
    await sleep(lookup.afterMs);
    const found = await keyring.lookup(lookup.image, { pod: lookup.pod });
    lookups.push(found.map(shown));
  };
  // A failure is remembered for seconds here, and not at all by the kubelet: what follows differs.
  await question.lookups.reduce(
    (before, lookup, index) =>
      before.then(() => (failures.length > 0 ? undefined : ask(lookup, index))),
    Promise.resolve(),
  );
  await keyring.close();
  return { lookups, failures };
}

function shown({ username, password, source }: Credential): FoundCredential {
  if (source.kind !== 'service-account') return { username, password };
  const { namespace, name, uid = '' } = source;
  return { username, password, serviceAccount: `${namespace}/${name}/${uid}` };
}
