// Configurations that are right, and then wrong in one way or several: the documents' values before they are written.

import {
  BAD_API_VERSIONS,
  BAD_KINDS,
  NAMES,
  PATTERNS,
  BAD_PATTERNS,
  DURATIONS,
  BAD_DURATIONS,
  TEXTS,
  KEYS,
  BAD_KEYS,
  ODD_VALUES,
  ODD_NAMES,
  type Json,
} from './config-values.ts';
import type { Random } from '../random.ts';

const API_GROUP = 'kubelet.config.k8s.io';
const PLUGIN_GROUP = 'credentialprovider.kubelet.k8s.io';

/** A whole document. */
export function generateConfig(random: Random): Json {
  const version = random.weighted([
    [12, 'v1'],
    [3, 'v1beta1'],
    [3, 'v1alpha1'],
    [1, '__internal'],
    [0.3, 'v2'],
    [0.2, ''],
  ]);
  const providers = random.times(
    random.weighted([
      [0.3, 0],
      [4, 1],
      [3, 2],
      [1, 4],
    ]),
    (index) => generateProvider(random, version, index),
  );
  const config: Json = {
    apiVersion: random.chance(0.98) ? `${API_GROUP}/${version}` : random.pick(BAD_API_VERSIONS),
    kind: random.chance(0.98) ? 'CredentialProviderConfig' : random.pick(BAD_KINDS),
    providers,
  };
  const named = version === '__internal' ? withGoNames(config) : config;
  return random.chance(0.65) ? named : mutate(random, named, 1 + random.below(2));
}

function generateProvider(random: Random, version: string, index: number): Json {
  const apiVersion = random.weighted([
    [10, `${PLUGIN_GROUP}/v1`],
    [2, `${PLUGIN_GROUP}/v1beta1`],
    [2, `${PLUGIN_GROUP}/v1alpha1`],
    [0.3, random.pick(['', 'v1', 'V<1>', `${PLUGIN_GROUP}/v2`])],
  ]);
  const provider: Record<string, Json> = {
    name: random.weighted([
      [10, `plugin-${index}`],
      [1, `plugin-${random.below(3)}`],
      [0.7, random.pick(NAMES)],
    ]),
    matchImages: random.times(
      random.weighted([
        [0.3, 0],
        [5, 1],
        [3, 3],
      ]),
      () =>
        random.weighted([
          [8, random.pick(PATTERNS)],
          [1, random.pick(BAD_PATTERNS)],
        ]),
    ),
    defaultCacheDuration: random.weighted([
      [9, random.pick(DURATIONS)],
      [1, random.pick(BAD_DURATIONS)],
    ]),
    apiVersion,
  };
  if (random.chance(0.4))
    provider['args'] = random.times(random.below(4), () => random.pick(TEXTS));
  if (random.chance(0.4)) {
    provider['env'] = random.times(random.below(3), () => ({
      name: random.pick(TEXTS),
      value: random.pick(TEXTS),
    }));
  }
  if (random.chance(version === 'v1' || version === '__internal' ? 0.5 : 0.1)) {
    provider['tokenAttributes'] = generateTokenAttributes(random);
  }
  return shuffleMembers(random, provider);
}

function generateTokenAttributes(random: Random): Json {
  const attributes: Record<string, Json> = {
    serviceAccountTokenAudience: random.weighted([
      [9, 'https://registry.example.com'],
      [1, ''],
    ]),
    cacheType: random.weighted([
      [5, 'Token'],
      [5, 'ServiceAccount'],
      [1, random.pick(['', 'token', 'a<b>&c', 'x"y'])],
    ]),
    requireServiceAccount: random.chance(0.7),
  };
  if (random.chance(0.5))
    attributes['requiredServiceAccountAnnotationKeys'] = annotationKeys(random);
  if (random.chance(0.5))
    attributes['optionalServiceAccountAnnotationKeys'] = annotationKeys(random);
  return attributes;
}

function annotationKeys(random: Random): Json {
  return random.times(random.below(4), () =>
    random.weighted([
      [6, random.pick(KEYS)],
      [1, random.pick(BAD_KEYS)],
    ]),
  );
}

/** Changes something somewhere: drops, doubles, renames, or puts another value. */
function mutate(random: Random, value: Json, times: number): Json {
  if (times <= 0) return value;
  return mutate(random, mutateOnce(random, value), times - 1);
}

function mutateOnce(random: Random, value: Json): Json {
  if (random.chance(0.12)) return random.pick(ODD_VALUES);
  if (Array.isArray(value) && value.length > 0) {
    const at = random.below(value.length);
    if (random.chance(0.1)) return value.toSpliced(at, 0, structuredClone(value[at] ?? null));
    return value.with(at, mutateOnce(random, value[at] ?? null));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return mutateObject(random, value);
  }
  return random.pick(ODD_VALUES);
}

function mutateObject(random: Random, value: { [name: string]: Json }): Json {
  const names = Object.keys(value);
  const name = names.length === 0 ? 'x' : random.pick(names);
  const { [name]: member = null, ...others } = value;
  return random.weighted<() => Json>([
    [6, () => ({ ...value, [name]: mutateOnce(random, member) })],
    [1, () => others],
    [1, () => ({ ...value, [random.pick(ODD_NAMES)]: random.pick(ODD_VALUES) })],
    [0.7, () => ({ ...others, [name.toUpperCase()]: member })],
    [0.7, () => ({ ...others, [`${name.charAt(0).toUpperCase()}${name.slice(1)}`]: member })],
  ])();
}

function shuffleMembers(random: Random, value: Record<string, Json>): Json {
  return Object.fromEntries(random.shuffled(Object.entries(value)));
}

/** The internal types have Go's names for fields; those of the document itself stay. */
function withGoNames(config: { [name: string]: Json }): { [name: string]: Json } {
  const { providers = null, ...others } = config;
  return { ...others, Providers: goNames(providers) };
}

function goNames(value: Json): Json {
  if (Array.isArray(value)) return value.map(goNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name === 'apiVersion' ? 'APIVersion' : name.charAt(0).toUpperCase() + name.slice(1),
      goNames(member),
    ]),
  );
}
