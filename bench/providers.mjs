// What the cache in front of providers costs and saves. No Go here: the kubelet's own cache sits behind processes.
import { fileURLToPath } from 'node:url';
import { createKeyring } from '../dist/index.js';

const ROUNDS = 7;
const COLD_LOOKUPS = 10_000;
const UPSTREAM_MS = 50;
const WARM_LOOKUPS = 20_000;
/** Goals: times the upstream's time, and times a lookup from a pull secret. */
const MOST_COLD = 4;
const MOST_WARM = 2;
const UNMATCHED_IMAGE = 'quay.io/acme/app';
const IMAGE = 'eu.registry.example.com/acme/app';

const bestOf = (values) => Math.min(...values);

/** A provider whose upstream takes a while, and counts its calls. */
function slowProvider() {
  const calls = [];
  return {
    calls,
    provider: {
      name: 'slow',
      matchImages: ['*.registry.example.com'],
      async provide({ image }) {
        calls.push(image);
        await new Promise((resolve) => {
          setTimeout(resolve, UPSTREAM_MS);
        });
        return {
          auth: { '*.registry.example.com': { username: 'robot', password: 'hunter2' } },
          cacheKeyType: 'Registry',
          expiresAt: new Date(Date.now() + 3_600_000),
        };
      },
    },
  };
}

async function benchCold(imageOf) {
  const { provider, calls } = slowProvider();
  const keyring = createKeyring({ dockerConfig: false, providers: [provider] });
  const start = performance.now();
  await Promise.all(Array.from({ length: COLD_LOOKUPS }, (_, i) => keyring.lookup(imageOf(i))));
  const totalMs = performance.now() - start;
  await keyring.close();
  return { totalMs, calls: calls.length };
}

async function timeLookups(keyring, image) {
  const start = performance.now();
  for (let index = 0; index < WARM_LOOKUPS; index += 1) await keyring.lookup(image);
  return ((performance.now() - start) * 1000) / WARM_LOOKUPS;
}

/** Sides take turns, so that whatever else the machine does falls on each alike. */
async function benchWarm() {
  const { provider } = slowProvider();
  const options = { dockerConfig: false };
  const entry = { username: 'robot', password: 'hunter2' };
  const secret = {
    type: 'kubernetes.io/dockerconfigjson',
    stringData: {
      '.dockerconfigjson': JSON.stringify({ auths: { '*.registry.example.com': entry } }),
    },
  };
  const sides = {
    secret: [createKeyring({ ...options, providers: [], pullSecrets: [secret] }), IMAGE],
    cached: [createKeyring({ ...options, providers: [provider] }), IMAGE],
    none: [createKeyring({ ...options, providers: [] }), UNMATCHED_IMAGE],
    clouds: [createKeyring(options), UNMATCHED_IMAGE],
  };
  const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (const [keyring, image] of Object.values(sides)) await timeLookups(keyring, image);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, [keyring, image]] of Object.entries(sides)) {
      times[name].push(await timeLookups(keyring, image));
    }
  }
  for (const [keyring] of Object.values(sides)) await keyring.close();
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, bestOf(all)]));
}

const us = (value) => `${value.toFixed(2)} µs`;

function coldRow(what, runs) {
  const bestMs = bestOf(runs.map(({ totalMs }) => totalMs));
  const calls = Math.max(...runs.map((run) => run.calls));
  return `| ${what} | ${calls} | ${bestMs.toFixed(0)} ms | ${(bestMs / UPSTREAM_MS).toFixed(1)} |`;
}

function missedBy({ cold, spread, warm }) {
  const ratios = [cold, spread].map(
    (runs) => bestOf(runs.map(({ totalMs }) => totalMs)) / UPSTREAM_MS,
  );
  const warmRatio = warm.cached / warm.secret;
  return [
    ...[...cold, ...spread]
      .filter(({ calls }) => calls !== 1)
      .map(({ calls }) => `cold lookups made ${calls} upstream calls, not 1`),
    ...ratios
      .filter((ratio) => ratio > MOST_COLD)
      .map((ratio) => `cold lookups took ${ratio.toFixed(1)} times the upstream, not ${MOST_COLD}`),
    ...(warmRatio > MOST_WARM
      ? [`a cached answer took ${warmRatio.toFixed(1)} times a pull secret, not ${MOST_WARM}`]
      : []),
  ];
}

/** Measures, and says what was missed. */
export async function benchProviders() {
  const cold = [];
  const spread = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    cold.push(await benchCold(() => IMAGE));
    spread.push(await benchCold((index) => `eu.registry.example.com/acme/app-${index}`));
  }
  const warm = await benchWarm();
  const rows = [
    coldRow('of one image', cold),
    coldRow('of as many images of one registry', spread),
  ];
  const markdown = `| ${COLD_LOOKUPS.toLocaleString('en')} concurrent cold lookups | upstream calls | until the last is answered | times the upstream's ${UPSTREAM_MS} ms |
| --- | ---: | ---: | ---: |
${rows.join('\n')}

| warm lookup | time | ratio |
| --- | ---: | ---: |
| from a pull secret | ${us(warm.secret)} | 1 |
| of a provider's cached answer | ${us(warm.cached)} | ${(warm.cached / warm.secret).toFixed(1)} |
| of an image that nothing matches, without providers | ${us(warm.none)} | 1 |
| the same with the providers of the three clouds | ${us(warm.clouds)} | ${(warm.clouds / warm.none).toFixed(1)} |`;
  return { markdown, missed: missedBy({ cold, spread, warm }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { markdown, missed } = await benchProviders();
  console.log(markdown);
  for (const goal of missed) console.log(`missed: ${goal}`);
}
