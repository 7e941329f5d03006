// Explains an image in a world in memory.

import { createKeyring, type Explanation, type KeyringOptions } from '../../../src/index.ts';
import { fakeSystem, type FakeWorld } from './fake-system.ts';

/** The one file that is looked for. */
export const PATH = '/c.json';

export function explain(
  image: string,
  { files = {}, ...options }: KeyringOptions & Pick<FakeWorld, 'files'> = {},
): Promise<Explanation> {
  const keyring = createKeyring({
    system: fakeSystem({ files }),
    dockerConfig: { files: [PATH] },
    providers: [],
    ...options,
  });
  return keyring.explain(image);
}
