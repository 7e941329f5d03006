// Stands for a registry in these examples: one that lets a robot in with the right password, on this machine.
import { startFakeServer, type FakeServer } from 'docker-keyring/testing';

const PASSWORD = 'example-password';
const BASIC = `Basic ${Buffer.from(`robot:${PASSWORD}`).toString('base64')}`;
const MANIFEST = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json' };

/** Starts one that has the image `shop/web:1.0`. */
export function startFakeRegistry(): Promise<FakeServer> {
  return startFakeServer(({ path, headers }) => {
    if (headers['authorization'] !== BASIC) {
      return { status: 401, headers: { 'www-authenticate': 'Basic realm="example"' } };
    }
    if (path === '/v2/') return { body: {} };
    if (path === '/v2/shop/web/tags/list') return { body: { name: 'shop/web', tags: ['1.0'] } };
    if (path !== '/v2/shop/web/manifests/1.0') return { status: 404 };
    const type = { 'content-type': MANIFEST.mediaType };
    return {
      headers: { ...type, 'docker-content-digest': `sha256:${'0'.repeat(64)}` },
      body: MANIFEST,
    };
  });
}
