// Turns what a lookup found into an explanation. The finding itself is the lookup's own.

import { HUB, HUB_KEY } from '../reference/docker-hub.ts';
import { own } from '../util/own.ts';
import type { PathMatching } from '../keyring/match.ts';
import type { IgnoredToken } from '../config/config-entry.ts';
import type { Semantics } from '../config/search-paths.ts';
import type { Credential } from '../credential/credential.ts';
import { isEmpty } from '../credential/formats.ts';
import { shownUrl } from '../util/redaction/shown-url.ts';
import { toCredentials } from '../keyring/entry.ts';
import type { EntryContext } from './explain-entries.ts';
import { explainNode, helperWarnings } from './explain-node.ts';
import type {
  ExplainedCredential,
  ExplainedSource,
  Explanation,
  ExplanationWarning,
  Layer,
} from './explanation.ts';
import { endsAtSegment, matchTarget, type MatchTarget } from '../keyring/match.ts';
import { mayBeDockerHub } from '../keyring/registry-index.ts';
import { keyText } from '../keyring/registry-key.ts';
import { explainPullSecrets } from './explain-pull-secrets.ts';
import { explainProviders, unusedTokenWarning } from './explain-providers.ts';
import type { ImageReference } from '../reference/image-reference.ts';
import type { FoundKeys, Resolution } from './resolution.ts';

/** What an explanation is made from. */
export interface ExplanationInput {
  readonly image: string;
  readonly reference: ImageReference;
  readonly resolution: Resolution;
  readonly semantics: Semantics;
  readonly pathMatching: PathMatching;
  /** The current time in milliseconds, by which credentials have ended or not. */
  readonly nowMs: number;
}

/** Explains a lookup. */
export function explainResolution(input: ExplanationInput): Explanation {
  const { image, reference, resolution, semantics, pathMatching } = input;
  const target = matchTarget(reference.name);
  const isDockerHub = mayBeDockerHub(reference.registry);
  const sources = explainSources(input, (found) => ({
    target,
    pathMatching,
    isDockerHub,
    judgedAtMs: undefined,
    foundKeys: new Set(found.map(({ key }) => key)),
  }));
  const listed = listCredentials(resolution);
  const credentials = listed.map(explainCredential);
  return {
    image,
    reference,
    normalization: explainNormalization(image, reference),
    semantics,
    pathMatching,
    sources,
    credentials,
    warnings: [
      ...pathWarnings(resolution, target),
      ...hubWarnings(sources),
      ...listed.flatMap(tokenWarnings),
      ...listed.flatMap(emptyWarnings),
      ...resolution.providers.answers.flatMap(unusedTokenWarning),
      ...(resolution.node === undefined ? [] : helperWarnings(resolution.node)),
    ],
  };
}

function explainSources(
  { resolution, nowMs }: ExplanationInput,
  contextFor: (found: FoundKeys) => EntryContext,
): ExplainedSource[] {
  const { pullSecrets, node, providers: provided } = resolution;
  return [
    ...explainPullSecrets(pullSecrets.layer, contextFor(pullSecrets.found), nowMs),
    ...(node === undefined ? [] : explainNode(node, contextFor(node.found), nowMs)),
    ...explainProviders(provided.providers, provided.answers, contextFor(provided.found)),
  ];
}

function explainNormalization(image: string, reference: ImageReference): string[] {
  const { registry, repository, name, tag, digest } = own(reference);
  const hasTagOrDigest = /[:@]/.test(image.slice(image.lastIndexOf('/') + 1));
  const isOfficial = repository.startsWith('library/') && !image.includes('library/');
  return [
    ...(registry === HUB ? explainHubName(image) : []),
    ...(registry === HUB && isOfficial
      ? ['a name of one component on Docker Hub is an official image: library/']
      : []),
    ...(tag === undefined || digest !== undefined || hasTagOrDigest
      ? []
      : ['it has neither tag nor digest, so the tag is latest']),
    `credentials are looked up for ${name}, whatever the tag or digest`,
  ];
}

function explainHubName(image: string): string[] {
  if (image.startsWith(`${HUB}/`)) return [];
  return image.startsWith(`${HUB_KEY}/`)
    ? ['index.docker.io is an older name of docker.io']
    : ['the name has no registry, so it is one of Docker Hub: docker.io'];
}

/** A credential with its layer. */
interface ListedCredential {
  readonly credential: Credential;
  readonly layer: Layer;
}

function listCredentials({ pullSecrets, node, providers }: Resolution): ListedCredential[] {
  const layers: readonly (readonly [Layer, FoundKeys])[] = [
    ['pull-secrets', pullSecrets.found],
    ['node', node?.found ?? []],
    ['providers', providers.found],
  ];
  return layers.flatMap(([layer, found]) => {
    const credentials: Credential[] = [];
    toCredentials(found, credentials);
    return credentials.map((credential) => ({ credential, layer }));
  });
}

function explainCredential(
  { credential, layer }: ListedCredential,
  index: number,
): ExplainedCredential {
  const { key, source, expiresAt } = credential;
  // The printable form, which knows when a user name is a secret.
  const username = String(credential.toJSON()['username']);
  const expiry = expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() };
  return { position: index + 1, layer, key, username, kind: kindOf(credential), ...expiry, source };
}

function kindOf(credential: Credential): ExplainedCredential['kind'] {
  if (credential.registryToken !== undefined) return 'registry-token';
  if (credential.identityToken !== undefined) return 'identity-token';
  return isEmpty(credential) ? 'empty' : 'password';
}

function pathWarnings(
  { pullSecrets, node, providers }: Resolution,
  target: MatchTarget | undefined,
): ExplanationWarning[] {
  const found = [pullSecrets.found, node?.found ?? [], providers.found].flat();
  return found
    .filter(
      ({ path }) => target?.path.startsWith(path) === true && !endsAtSegment(path, target.path),
    )
    .map(({ key }) => shownUrl(keyText(key)))
    .map((key) => ({
      code: 'path-ends-within-segment',
      message: `${key} matches although it ends within a segment: the kubelet compares paths as plain text`,
      hint: `write ${key}/ to cover only what is below it, or use pathMatching 'segment' here`,
    }));
}

function hubWarnings(sources: readonly ExplainedSource[]): ExplanationWarning[] {
  const hidden = sources.some(({ entries }) =>
    entries.some(({ outcome }) => outcome === 'docker-hub-fallback-not-needed'),
  );
  if (!hidden) return [];
  return [
    {
      code: 'docker-io-hides-index',
      message:
        'an entry matches this Docker Hub image directly, and so hides the entry index.docker.io of its layer',
      hint: 'keep one of the two: https://index.docker.io/v1/ is what docker login and kubectl write',
    },
  ];
}

/** Of a credential that a kubelet makes something else of: it reads no tokens (v1.37.2 pkg/credentialprovider/config.go). */
function tokenWarnings(
  { credential, layer }: ListedCredential,
  index: number,
): ExplanationWarning[] {
  const token = ignoredTokenOf(credential, layer);
  if (token === undefined || credential.password !== '') return [];
  const rest =
    credential.username === '' ? 'no credentials' : 'the user name with an empty password';
  return [
    {
      code: 'identity-token-ignored',
      message: `credential ${index + 1} (${credential.key}) is ${token === 'identity token' ? 'an' : 'a'} ${token}, which a kubelet ignores: it tries ${rest}`,
      hint: 'give a user name with a password or an access token that the registry takes as it is',
    },
  ];
}

/** By the rules of the kubelet none is left in the credential; pull secrets are for kubelets whatever the rules here. */
function ignoredTokenOf(credential: Credential, layer: Layer): IgnoredToken | undefined {
  const ignored = credential.ignoredToken();
  if (ignored !== undefined || layer !== 'pull-secrets') return ignored;
  if (credential.identityToken !== undefined) return 'identity token';
  return credential.registryToken === undefined ? undefined : 'registry token';
}

function emptyWarnings({ credential }: ListedCredential, index: number): ExplanationWarning[] {
  if (!isEmpty(credential) || credential.ignoredToken() !== undefined) return [];
  return [
    {
      code: 'empty-credential',
      message: `credential ${index + 1} (${credential.key}) has neither user name nor password, and is tried all the same`,
      hint: 'Docker Desktop and credential stores leave such entries behind; remove the entry',
    },
  ];
}
