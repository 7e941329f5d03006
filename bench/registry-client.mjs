// Authorizes images by docker-keyring/registry, as bench/registry-go does by go-containerregistry, and by the same
// protocol: one command a line, one JSON answer a line.
import { readFileSync } from 'node:fs';
import { createKeyring } from '../dist/index.js';
import { createPullSecret } from '../dist/kubernetes/index.js';
import { authorize, createRegistrySession, verifyImages } from '../dist/registry/index.js';
import { answerCommands } from './answer-commands.mjs';

const task = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { images, username, password, ca, concurrency } = task;
const server = images[0].slice(0, images[0].indexOf('/'));
const secret = createPullSecret({ name: 'regcred', server, username, password });
const keyring = createKeyring({ dockerConfig: false, providers: [], pullSecrets: [secret] });
let session = createRegistrySession({ ca });

const COMMANDS = {
  /** Nothing is kept but connections. */
  async cold() {
    for (const image of images) {
      await authorize(image, keyring, { session: createRegistrySession({ ca }) });
    }
  },
  async prime() {
    session = createRegistrySession({ ca });
    await COMMANDS.warm();
    // verifyImages gets its tokens as containerd does, and so not those of authorize.
    await COMMANDS.heads();
  },
  async warm() {
    for (const image of images) await authorize(image, keyring, { session });
  },
  /** A HEAD for each, with the tokens that are kept. */
  async heads() {
    const { ok } = await verifyImages(images, keyring, { session, concurrency });
    if (!ok) throw new Error('an image cannot be pulled');
  },
};

await answerCommands(COMMANDS);
