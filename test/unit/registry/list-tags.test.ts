import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../src/index.ts';
import { createPullSecret } from '../../../src/kubernetes/index.ts';
import { listTags, type ListTagsOptions } from '../../../src/registry/index.ts';
import { startFakeRegistry } from '../../../src/testing/index.ts';
import { fakeRegistry, rejection, untilDone, type FakeRegistry } from './client/fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const LIST = /GET r\.test\/v2\/team\/app\/tags\/list/;
const tags = Array.from({ length: 25 }, (_, index) => `v${String(index).padStart(2, '0')}`);

/** A page of the answer. */
function page(of: unknown, link?: string) {
  return {
    status: 200,
    body: { name: 'team/app', tags: of },
    headers: link === undefined ? {} : { link },
  };
}

function list(world: FakeRegistry, options: ListTagsOptions = {}, ...users: string[]) {
  const keyring = world.keyring(...(users.length === 0 ? ['u:p'] : users));
  return listTags(IMAGE, keyring, { system: world.system, retries: 0, ...options });
}

describe.each(['basic', 'bearer'] as const)('Of a registry with %s authentication', (auth) => {
  const ask = async (options?: ListTagsOptions) => {
    await using registry = await startFakeRegistry({
      images: Object.fromEntries(tags.map((tag) => [`shop/web:${tag}`, ['linux/amd64']])),
      users: { robot: 'hunter2' },
      auth,
    });
    const account = { server: registry.host, username: 'robot' };
    const pullSecrets = ['forgotten', 'hunter2'].map((password) =>
      createPullSecret({ name: password, ...account, password }),
    );
    const keyring = createKeyring({ dockerConfig: false, providers: [], pullSecrets });
    const listed = await listTags(`${registry.host}/shop/web`, keyring, options);
    const asked = registry.requests.filter(({ path }) => path.endsWith('/tags/list'));
    const pages = new Set(asked.map(({ query }) => String(query)));
    return { listed, pages: pages.size };
  };

  test('all tags are listed, with the credential that is accepted', async () => {
    expect(await ask()).toEqual({ listed: tags, pages: 1 });
  });

  test('pages are followed to the last', async () => {
    expect(await ask({ pageSize: 10 })).toEqual({ listed: tags, pages: 3 });
  });

  test('no more pages are asked for than a limit needs, from where the caller says', async () => {
    expect(await ask({ pageSize: 4, limit: 6 })).toEqual({ listed: tags.slice(0, 6), pages: 2 });
    expect(await ask({ limit: 3, last: 'v09' })).toEqual({ listed: tags.slice(10, 13), pages: 1 });
  });
});

describe('A link to the next page', () => {
  test.each([
    '</v2/team/app/tags/list?last=a&n=1>; rel="next"',
    '<http://10.0.0.1:5000/v2/team/app/tags/list?last=a&n=1>;rel=next',
    '<https://elsewhere.test/steal?last=a&n=1>; rel="next"; type="x", <x>; rel="first"',
  ])('%s is followed at the same place', async (link) => {
    const world = fakeRegistry();
    const urls: string[] = [];
    const answer = (of: string[], more?: string) => (request: { url: string }) => {
      urls.push(request.url);
      return page(of, more);
    };
    world.inject(LIST, [answer(['a'], link), answer(['b'])]);
    expect(await list(world)).toEqual(['a', 'b']);
    expect(urls).toEqual([
      'https://r.test/v2/team/app/tags/list?n=1000',
      'https://r.test/v2/team/app/tags/list?last=a&n=1',
    ]);
  });

  test.each(['<x>; rel="prev"', 'nonsense', '</v2/team/app/tags/list>; rel="next"'])(
    '%s is none',
    async (link) => {
      const world = fakeRegistry();
      world.inject(LIST, [page(['a'], link)]);
      expect(await list(world)).toEqual(['a']);
    },
  );

  test('that leads back ends with an error', async () => {
    const world = fakeRegistry();
    world.inject(LIST, [page(['a'], '<?n=1>; rel="next"')], true);
    const error = await rejection(list(world));
    expect(error).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      reason: 'its pages lead back to one another',
    });
  });
});

describe('What a registry answers', () => {
  test('may be no tags, also as null', async () => {
    const world = fakeRegistry();
    world.inject(LIST, [page(null), page([]), page(undefined)]);
    expect([await list(world), await list(world), await list(world)]).toEqual([[], [], []]);
  });

  test.each([{ tags: 'x' }, { tags: [1] }, [], 'x'])('must be a list: %j is none', async (body) => {
    const world = fakeRegistry();
    world.inject(LIST, [{ status: 200, body }]);
    expect(await rejection(list(world))).toMatchObject({ reason: 'its list of tags is not one' });
  });

  test('may be more than anybody asked for', async () => {
    const world = fakeRegistry();
    const many = Array.from({ length: 100_001 }, String);
    world.inject(LIST, [page(many), page(many)]);
    expect(await rejection(list(world))).toMatchObject({
      reason: 'the repository has more than 100000 tags: set limit',
    });
    expect(await list(world, { limit: 100_002 })).toHaveLength(100_001);
  });

  test('may be that the repository is not there, or hidden from all', async () => {
    const world = fakeRegistry();
    world.inject(LIST, [{ status: 404, body: { errors: [{ code: 'NAME_UNKNOWN' }] } }], true);
    expect(await rejection(list(world, {}, 'u:p', 'v:q'))).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      status: 404,
      message:
        'r.test cannot be asked: it has no repository team/app, or hides it from these credentials',
    });
  });

  test('may be a status that says neither', async () => {
    const world = fakeRegistry();
    world.inject(LIST, [{ status: 400 }]);
    expect(await rejection(list(world))).toMatchObject({
      status: 400,
      reason: 'it answers 400 to a question for the tags',
    });
  });

  test('may be a refusal of every credential, also in the middle', async () => {
    const world = fakeRegistry();
    expect(await rejection(list(world, {}, 'u:no', 'v:q'))).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
      attempts: [{ key: 'r.test' }, { key: 'r.test' }],
    });
    world.inject(LIST, [page(['a'], '<?n=1&last=a>; rel="next"'), { status: 403 }]);
    expect(await rejection(list(world))).toMatchObject({ code: 'ERR_KEYRING_REGISTRY_AUTH' });
  });
});

describe('It ends', () => {
  test('with the reason of its signal', async () => {
    const world = fakeRegistry();
    const reason = new Error('enough');
    expect(await rejection(list(world, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  test('at its deadline', async () => {
    const world = fakeRegistry();
    const page2 = page(['a'], '<?n=1&last=a>; rel="next"');
    let pages = 0;
    world.inject(
      LIST,
      [
        () => {
          pages += 1;
          world.system.advance(400);
          return { ...page2, headers: { link: `<?n=1&last=${pages}>; rel="next"` } };
        },
      ],
      true,
    );
    const error = await rejection(untilDone(world.system, list(world, { deadlineMs: 1000 })));
    expect(error).toMatchObject({
      code: 'ERR_KEYRING_TIMEOUT',
      operation: 'listing the tags of r.test/team/app',
      timeoutMs: 1000,
    });
  });

  test.each<[object, string]>([
    [{ limit: 0 }, 'limit must be a whole number'],
    [{ pageSize: 1.5 }, 'pageSize must be a whole number'],
    [{ deadlineMs: 0 }, 'deadlineMs must be a number of milliseconds'],
    [{ last: '' }, 'last must be a tag'],
    [{ n: 5 }, 'there is no option "n"'],
  ])('at once with the wrong options %j', async (options, message) => {
    const error = await rejection(list(fakeRegistry(), options));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(`listTags: ${message}`);
  });
});
