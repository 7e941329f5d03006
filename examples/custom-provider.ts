// A provider in three lines: credentials from wherever you keep them.
import { createKeyring, type CredentialProvider } from 'docker-keyring';

const vault: CredentialProvider = {
  name: 'vault',
  matchImages: ['*.registry.example.com'],
  provide: async ({ image }) => ({
    auth: { [image]: await readVault(image) },
    cacheKeyType: 'Image',
  }),
};

const keyring = createKeyring({ dockerConfig: false, providers: [vault] });
console.log(await keyring.lookup('eu.registry.example.com/acme/web:2.1'));
console.log(await keyring.lookup('quay.io/acme/web:2.1'));

/** Stands for a call to your own secret store. */
async function readVault(image: string): Promise<{ username: string; password: string }> {
  return { username: 'robot', password: `example-password for ${image}` };
}
