import { describe, expect, test } from '@jest/globals';
import type { VerifyProgress } from '../../../../src/registry/index.ts';
import { settle } from '../../fakes/upstream.ts';
import { rejection } from '../client/fake-registry.ts';
import { deployment, fakeCluster, gate, manifestReply, pullSecret } from './fake-cluster.ts';

const PUBLIC = { isPublic: true };

function imagesOf(registry: string, length: number): string[] {
  return Array.from({ length }, (_, index) => `${registry}/app-${index}:1`);
}

describe('Images of one registry', () => {
  test.each([
    [undefined, 6],
    [1, 1],
    [3, 3],
  ])('with a concurrency of %s are asked about %i at a time', async (concurrency, most) => {
    const world = fakeCluster({ 'r.test': PUBLIC });
    let now = 0;
    let highest = 0;
    world.answer({
      'HEAD r.test': async () => {
        now += 1;
        highest = Math.max(highest, now);
        await settle();
        now -= 1;
        return manifestReply();
      },
    });
    const report = await world.verify(imagesOf('r.test', 20), { concurrency });
    expect(report.ok).toBe(true);
    expect(highest).toBe(most);
  });

  test('do not wait for another registry, even where it never answers', async () => {
    const world = fakeCluster({ 'r.test': PUBLIC, 'slow.test': PUBLIC });
    const { passed, open } = gate();
    world.answer({ 'GET slow.test/v2/': () => passed.then(() => ({ status: 500 })) });
    const told: string[] = [];
    const inputs = [...imagesOf('slow.test', 3), ...imagesOf('r.test', 3)];
    const work = world.verify(inputs, {
      concurrency: 1,
      onProgress: ({ done, total, image }) => void told.push(`${done}/${total} ${image.image}`),
    });
    await settle();
    await settle();
    expect(told).toEqual(['1/6 r.test/app-0:1', '2/6 r.test/app-1:1', '3/6 r.test/app-2:1']);
    open();
    const { images } = await work;
    expect(images.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 3 }, () => 'unreachable'),
      ...Array.from({ length: 3 }, () => 'pullable'),
    ]);
    expect(told).toHaveLength(6);
  });
});

test('1,000 images need one ping a registry, and one token a repository and credential', async () => {
  const hosts = Array.from({ length: 20 }, (_, index) => `r${index}.test`);
  const world = fakeCluster(Object.fromEntries(hosts.map((host) => [host, {}])));
  const secrets = hosts.map((host) => pullSecret(host, { [host]: 'u:p' }));
  const pods = hosts.flatMap((host) =>
    Array.from({ length: 50 }, (_, index) => {
      const image = `${host}/team/app-${index % 5}:${index}`;
      return deployment(`web-${index}`, [image], { secrets: [host] });
    }),
  );
  const report = await world.verify([...secrets, ...pods]);
  expect(report.images).toHaveLength(1000);
  expect(report).toMatchObject({ ok: true, warnings: [] });
  const asked = world.asked();
  const beginning = (text: string): string[] => asked.filter((line) => line.startsWith(text));
  const pings = asked.filter((line) => line.endsWith('/v2/'));
  expect(pings).toHaveLength(20);
  expect(new Set(pings).size).toBe(20);
  expect(beginning('POST auth.')).toHaveLength(100);
  expect(new Set(beginning('POST auth.')).size).toBe(100);
  expect(beginning('HEAD ')).toHaveLength(1000);
  expect(report.registries).toEqual(
    hosts.map((registry) => ({ registry, images: 50, requests: 56 })),
  );
});

test('Progress is told of each image, with what was found', async () => {
  const world = fakeCluster({ 'r.test': PUBLIC });
  const told: VerifyProgress[] = [];
  const inputs = ['r.test/App', 'r.test/app', 'r.test/app', deployment('web', ['r.test/app'])];
  const report = await world.verify(inputs, { onProgress: (one) => void told.push(one) });
  expect(told.map(({ done, total }) => [done, total])).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  expect(told.map(({ image }) => image)).toEqual(report.images);
  expect(told[1]?.image).toMatchObject({ status: 'pullable', warnings: [{ code: 'latest-tag' }] });
});

describe('A signal that is aborted', () => {
  const reason = new Error('enough');

  test('ends the verification with its reason, and asks no more', async () => {
    const world = fakeCluster({ 'r.test': PUBLIC });
    const controller = new AbortController();
    const { passed, open } = gate();
    world.answer({ 'HEAD r.test': () => passed.then(() => manifestReply()) });
    const { signal } = controller;
    const work = rejection(world.verify(imagesOf('r.test', 20), { signal, concurrency: 2 }));
    await settle();
    controller.abort(reason);
    expect(await work).toBe(reason);
    expect(world.asked().filter((line) => line.startsWith('HEAD'))).toHaveLength(2);
    open();
    await settle();
    expect(world.asked()).toEqual([]);
  });

  test('ends it also while platforms are read', async () => {
    const world = fakeCluster({ 'r.test': PUBLIC });
    const controller = new AbortController();
    const { signal } = controller;
    world.answer({
      'GET r.test/v2/app': () => {
        controller.abort(reason);
        throw new Error('aborted');
      },
    });
    const told: unknown[] = [];
    const onProgress = (progress: VerifyProgress): void => void told.push(progress);
    const work = world.verify(['r.test/app:1'], { signal, platforms: [], onProgress });
    expect(await rejection(work)).toBe(reason);
    await settle();
    expect(told).toEqual([]);
  });

  test('from the beginning lets nothing begin', async () => {
    const world = fakeCluster({ 'r.test': PUBLIC });
    const work = world.verify(['r.test/app:1'], { signal: AbortSignal.abort(reason) });
    expect(await rejection(work)).toBe(reason);
    expect(world.asked()).toEqual([]);
  });
});
