// Images that crane and skopeo push: of one layer, an index of three platforms, and a copy in another format.

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inOrder } from '../../unit/fakes/in-order.ts';
import { execute } from '../credential-helper/installed-helper.ts';
import { printed, type ClientLogin, type Clients } from './clients.ts';

/** Where they are pushed to, and by whom. */
export interface PushTarget {
  readonly directory: string;
  readonly clients: Clients;
  readonly login: ClientLogin;
}

/** What was pushed, by its names: `team/app:1`. */
export interface PushedImages {
  readonly digests: Readonly<Record<string, string>>;
  /** The one layer of all images that are no index. */
  readonly layer: { readonly digest: string; readonly bytes: number };
}

/** The platforms of `team/multi:1`. */
export const PLATFORMS = ['linux/amd64', 'linux/arm/v7', 'linux/arm64'] as const;
const LAYER_BYTES = 300_000;
const APP = 'team/app:1';
/** Of one platform, as the app is, and each with a digest of its own. */
const OTHERS = ['team/app:latest', 'team/other:1', 'public/tool:1'];

/** Pushes them to a registry that takes a password. */
export async function pushImages(target: PushTarget): Promise<PushedImages> {
  const { directory, login } = target;
  writeFileSync(join(directory, 'content'), randomBytes(LAYER_BYTES));
  const layerFile = join(directory, 'layer.tar');
  execute('tar', ['-cf', layerFile, '-C', directory, 'content']);
  const crane = (...args: string[]): Promise<string> => printed(target.clients.crane(args, login));
  const named = (image: string): string => `${login.host}/${image}`;
  const app = named(APP);
  await crane('append', '--new_layer', layerFile, '--new_tag', app);
  await crane('mutate', app, '--set-platform', PLATFORMS[0], '--tag', app);
  await inOrder(OTHERS, (image) =>
    crane('mutate', app, '--label', `name=${image}`, '--tag', named(image)),
  );
  const parts = await inOrder(PLATFORMS, async (platform, index) => {
    const part = named(`team/multi:part${index}`);
    await crane('mutate', app, '--set-platform', platform, '--tag', part);
    return ['--manifest', part];
  });
  await crane('index', 'append', ...parts.flat(), '--tag', named('team/multi:1'));
  await copyBySkopeo(target);
  const images = [APP, ...OTHERS, 'team/multi:1', 'team/copied:1'];
  const digests = await inOrder(images, async (image) => [
    image,
    await crane('digest', named(image)),
  ]);
  const { layers } = JSON.parse(await crane('manifest', app)) as {
    layers: [{ digest: string; size: number }];
  };
  return {
    digests: Object.fromEntries(digests),
    layer: { digest: layers[0].digest, bytes: layers[0].size },
  };
}

/** As an image of the other format, OCI's. */
async function copyBySkopeo({ clients, login }: PushTarget): Promise<void> {
  const insecure = ['--insecure-policy', '--src-tls-verify=false', '--dest-tls-verify=false'];
  const [from, to] = [APP, 'team/copied:1'].map((image) => `docker://${login.host}/${image}`);
  const args = ['copy', ...insecure, '--format=oci', String(from), String(to)];
  await printed(clients.skopeo(args, login));
}
