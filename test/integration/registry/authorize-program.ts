// A process that authorizes itself for one image and prints what came of it: its environment says whom it trusts.

import { createKeyring } from '../../../src/index.ts';
import { createPullSecret } from '../../../src/kubernetes/index.ts';
import { authorize } from '../../../src/registry/index.ts';

/** The one line that it prints. */
export type Printed =
  { readonly scheme: string } | { readonly code?: string; readonly message: string };

const [image = '', server = '', password = ''] = process.argv.slice(2);
const secret = createPullSecret({ name: 'regcred', server, username: 'ada', password });
const keyring = createKeyring({ dockerConfig: false, providers: [], pullSecrets: [secret] });

try {
  const { scheme } = await authorize(image, keyring);
  print({ scheme });
} catch (error) {
  const { code, message } = error as Error & { readonly code?: string };
  print(code === undefined ? { message } : { code, message });
}

function print(printed: Printed): void {
  console.log(JSON.stringify(printed));
}
