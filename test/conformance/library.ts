import { join } from 'node:path';
import type { Credential } from '../../src/credential/credential.ts';
import { credentialHash } from '../../src/kubelet/credential-hash.ts';
import { createKeyring } from '../../src/create-keyring/create-keyring.ts';
import { InvalidReferenceError, PullSecretError } from '../../src/errors.ts';
import { matchesImage, matchTarget, mismatch } from '../../src/keyring/match.ts';
import { registryKey } from '../../src/keyring/registry-key.ts';
import type { CredentialVerificationPolicy } from '../../src/kubelet/credential-verification.ts';
import { requiresCredentialVerification } from '../../src/kubelet/credential-verification.ts';
import { parseImageReference } from '../../src/reference/image-reference.ts';
import { decidePull, defaultPullPolicy } from '../../src/kubelet/pull-policy.ts';
import type { System } from '../../src/system/system.ts';
import type {
  Answer,
  Case,
  LookupCase,
  MustAttemptCase,
  NodeCase,
  RecordedObject,
  VerificationCase,
} from './cases.ts';
import { nameWithoutTag } from './cases.ts';
import { memorySystem } from './memory-system.ts';

/** A credential of the library, comparable with the kubelet's. */
export interface LibraryCredential {
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly basicBytes: Uint8Array;
  readonly hash: string;
  readonly secret: RecordedObject | null;
  /** Credentials of one key and source are those whose order Go leaves to chance. */
  readonly key: string;
  /** The node's file it came from, as `0/config.json`; empty for a secret's. */
  readonly file: string;
}

/** What the library answers to a case, in the shape of the kubelet's answer. */
export type LibraryAnswer = Omit<Answer, 'credentials'> & {
  readonly credentials?: readonly LibraryCredential[];
};

/** The library's answer to a case. */
export async function answerByLibrary(question: Case): Promise<LibraryAnswer> {
  switch (question.kind) {
    case 'lookup':
      return lookup(question);
    case 'match':
      return { matched: matchesImage(question.pattern, question.image) };
    case 'entry':
      return { matched: isEntryFor(question.key, question.image) };
    case 'image':
      return image(question.image);
    case 'default-policy':
      return { policy: defaultPullPolicy(question.image) };
    case 'verification-policy':
      return refusable(() => ({ required: verify(question) }));
    default:
      return refusable(() => mustPull(question));
  }
}

async function lookup({ image: name, secrets, node }: LookupCase): Promise<LibraryAnswer> {
  const keyring = createKeyring({
    semantics: 'kubelet',
    providers: [],
    pullSecrets: secrets.map(({ namespace, name: secretName, uid, type, data }) => ({
      metadata: { namespace, name: secretName, uid },
      type,
      data,
    })),
    dockerConfig: node === undefined ? false : { searchPaths: searchPaths(node) },
    ...systemOf(node),
  });
  try {
    const found = await keyring.lookup(name);
    return { credentials: found.map((credential) => toAnswer(credential, node)) };
  } catch (error) {
    if (error instanceof InvalidReferenceError) return { rejected: 'image' };
    if (error instanceof PullSecretError) return { rejected: 'secrets' };
    throw error;
  } finally {
    await keyring.close();
  }
}

const MEMORY_ROOT = '/search-paths';

function searchPaths(node: NodeCase): string[] {
  return node.dirs.map((_, index) => join(node.root ?? MEMORY_ROOT, String(index)));
}

/** With a root, the files lie on the disk and the library reads them as it does everywhere. */
function systemOf(node: NodeCase | undefined): { system?: System } {
  if (node?.root !== undefined) return {};
  const files = new Map<string, Uint8Array | null>();
  node?.dirs.forEach((directory, index) => {
    for (const [name, content] of Object.entries(directory)) {
      const bytes = content === null ? null : Buffer.from(content, 'base64');
      files.set(join(MEMORY_ROOT, String(index), name), bytes);
    }
  });
  return { system: memorySystem(files) };
}

function toAnswer(credential: Credential, node: NodeCase | undefined): LibraryCredential {
  const { username, password, email = '', key, source } = credential;
  const common = {
    username,
    password,
    email,
    basicBytes: credential.basicBytes(),
    hash: credentialHash(credential),
    key,
  };
  if (source.kind === 'pull-secret') {
    const { uid = '', namespace, name } = source;
    return { ...common, secret: { uid, namespace, name }, file: '' };
  }
  if (source.kind !== 'docker-config') throw new Error(`unexpected source ${source.kind}`);
  const root = join(node?.root ?? MEMORY_ROOT, '/');
  return { ...common, secret: null, file: source.path.replace(root, '') };
}

function isEntryFor(rawKey: string, name: string): boolean {
  const pattern = registryKey(rawKey)?.pattern;
  const target = matchTarget(name);
  return pattern !== undefined && target !== undefined && mismatch(pattern, target) === undefined;
}

function image(text: string): LibraryAnswer {
  try {
    const { name, tag = '', digest = '' } = parseImageReference(text);
    return { repo: name, tag, digest };
  } catch (error) {
    if (error instanceof InvalidReferenceError) return { rejected: 'image' };
    throw error;
  }
}

/** A policy or a pattern that the kubelet refuses is a caller's mistake here. */
function refusable(answer: () => LibraryAnswer): LibraryAnswer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof TypeError) return { rejected: 'policy' };
    throw error;
  }
}

function verify(question: VerificationCase): boolean {
  return requiresCredentialVerification({
    // The cases hold policies that don't exist, too.
    policy: question.policy as CredentialVerificationPolicy,
    allowlist: question.allowlist,
    image: question.image,
    pulledByKubelet: question.pulledByKubelet,
  });
}

function mustPull(question: MustAttemptCase): LibraryAnswer {
  const record = question.record?.[nameWithoutTag(question.image)];
  const decision = decidePull({
    image: question.image,
    policy: 'IfNotPresent',
    present: question.imageRef !== '',
    verification: {
      policy: question.policy as CredentialVerificationPolicy,
      allowlist: question.allowlist,
      pulledByKubelet: question.record !== undefined || question.intent,
      record: record && {
        nodePodsAccessible: record.nodePodsAccessible ?? false,
        kubernetesSecrets: record.secrets ?? [],
        kubernetesServiceAccounts: record.serviceAccounts ?? [],
      },
      podSecrets: question.podSecrets,
      podServiceAccount: question.podServiceAccount,
    },
  });
  if (decision.error === 'InvalidImageName') return { rejected: 'image' };
  return { mustPull: decision.action === 'pull' };
}
