// Compiled by `npx tsc`, and by test/package against the packed declarations. Never run.
import { createKeyring } from 'docker-keyring';
import { createPullSecret, type PullSecret } from 'docker-keyring/kubernetes';

/** `V1OwnerReference` of `@kubernetes/client-node` 1.x. */
declare class V1OwnerReference {
  'apiVersion': string;
  'blockOwnerDeletion'?: boolean;
  'controller'?: boolean;
  'kind': string;
  'name': string;
  'uid': string;
}

/** `V1ObjectMeta` of `@kubernetes/client-node` 1.x. */
declare class V1ObjectMeta {
  'annotations'?: { [key: string]: string };
  'creationTimestamp'?: Date;
  'deletionGracePeriodSeconds'?: number;
  'deletionTimestamp'?: Date;
  'finalizers'?: Array<string>;
  'generateName'?: string;
  'generation'?: number;
  'labels'?: { [key: string]: string };
  'managedFields'?: Array<object>;
  'name'?: string;
  'namespace'?: string;
  'ownerReferences'?: Array<V1OwnerReference>;
  'resourceVersion'?: string;
  'selfLink'?: string;
  'uid'?: string;
}

/** `V1Secret` of `@kubernetes/client-node` 1.x. */
declare class V1Secret {
  'apiVersion'?: string;
  'data'?: { [key: string]: string };
  'immutable'?: boolean;
  'kind'?: string;
  'metadata'?: V1ObjectMeta;
  'stringData'?: { [key: string]: string };
  'type'?: string;
  static readonly discriminator: string | undefined;
  constructor();
}

/** The same, as a client says it that writes `| undefined` out. */
interface UndefinedSecret {
  apiVersion?: string | undefined;
  kind?: string | undefined;
  metadata?:
    | {
        name?: string | undefined;
        namespace?: string | undefined;
        uid?: string | undefined;
        labels?: Record<string, string> | undefined;
        creationTimestamp?: Date | undefined;
      }
    | undefined;
  data?: { [key: string]: string } | undefined;
  stringData?: { [key: string]: string } | undefined;
  type?: string | undefined;
}

declare const fromClient: V1Secret;
declare const list: { items: V1Secret[] };
declare const withUndefined: UndefinedSecret;

export const accepted: PullSecret[] = [
  fromClient,
  withUndefined,
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'regcred', namespace: 'default' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': 'e30=' },
  },
];

// What is created here goes to a client's `createNamespacedSecret`.
export const created: V1Secret = createPullSecret({ name: 'x', username: 'u', password: 'p' });

createKeyring({ pullSecrets: list.items });
createKeyring().withPullSecrets([fromClient, withUndefined]);

// @ts-expect-error Data values are base64 text, not bytes.
export const bytes: PullSecret = { data: { '.dockerconfigjson': new Uint8Array(2) } };

// @ts-expect-error A secret is an object, not its name.
createKeyring({ pullSecrets: [1] });
