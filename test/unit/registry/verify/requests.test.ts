import { describe, expect, test } from '@jest/globals';
import {
  DIGEST,
  deployment,
  fakeCluster,
  INDEX_TYPE,
  manifestReply,
  pullSecret,
} from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';

describe('The question for an image', () => {
  test('is a HEAD of its manifest, with the types that there are', async () => {
    const world = fakeCluster({ 'docker.io': { isPublic: true } });
    await world.verify(['nginx']);
    expect(world.asked()).toEqual([
      'GET registry-1.docker.io/v2/',
      'GET auth.docker.io/token [repository:library/nginx:pull]',
      'HEAD registry-1.docker.io/v2/library/nginx/manifests/latest',
    ]);
    const accept = world.system.requests.at(-1)?.headers?.['accept'];
    expect(accept).toContain(INDEX_TYPE);
    expect(accept).toContain('application/vnd.docker.distribution.manifest.v2+json');
  });

  test('is not one for the manifest itself, whatever comes of it', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    world.answer({ 'HEAD r.test/v2/b': { status: 404 }, 'HEAD r.test/v2/c': { status: 500 } });
    await world.verify(['a', 'b', 'c'].map((name) => `r.test/${name}/app`));
    const gets = world.asked().filter((line) => line.startsWith('GET'));
    expect(gets).toEqual([
      'GET r.test/v2/',
      ...['a', 'b', 'c'].map((name) => `GET auth.r.test/token [repository:${name}/app:pull]`),
    ]);
  });

  test('is put once for all places that have the same secrets', async () => {
    const world = fakeCluster();
    const pods = Array.from({ length: 100 }, (_, index) =>
      deployment(`web-${index}`, [IMAGE, IMAGE], { secrets: ['a'] }),
    );
    const report = await world.verify([pullSecret('a'), ...pods]);
    expect(report.images).toHaveLength(1);
    expect(report.images[0]?.usedBy).toHaveLength(200);
    expect(world.asked()).toEqual([
      'GET r.test/v2/',
      'POST auth.r.test/token [repository:team/app:pull] u:p',
      'HEAD r.test/v2/team/app/manifests/1 u',
    ]);
  });

  test('is put for those with different secrets apart', async () => {
    const world = fakeCluster({ 'r.test': { users: { u: 'p', v: 'q' }, pullers: ['u'] } });
    const report = await world.verify([
      pullSecret('a'),
      pullSecret('b', { 'r.test': 'v:q' }),
      deployment('one', [IMAGE], { secrets: ['a'] }),
      deployment('two', [IMAGE], { secrets: ['b'] }),
      deployment('three', [IMAGE], { secrets: ['b', 'a'] }),
      deployment('four', [IMAGE], { secrets: ['b'] }),
      IMAGE,
    ]);
    const found = report.images.map(({ status, usedBy }) => [
      status,
      usedBy.map(({ name }) => name).join(),
    ]);
    expect(found).toEqual([
      ['refused', ''],
      ['pullable', 'one'],
      ['refused', 'two,four'],
      ['pullable', 'three'],
    ]);
  });
});

describe('What a registry says of a manifest', () => {
  test('is its digest and its media type, without parameters', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const headers = { 'content-type': `${INDEX_TYPE}; charset=utf-8` };
    world.answer({ 'HEAD r.test': manifestReply({ headers }) });
    expect(await world.verifyOne([IMAGE])).toMatchObject({ digest: DIGEST, mediaType: INDEX_TYPE });
  });

  test('is no digest where it is something else', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const headers = { 'docker-content-digest': '../../other' };
    world.answer({ 'HEAD r.test': manifestReply({ headers }) });
    const image = await world.verifyOne([IMAGE]);
    expect(image.status).toBe('pullable');
    expect(image).not.toHaveProperty('digest');
  });
});
