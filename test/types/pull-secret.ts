// Compiled by `npx tsc`, and by test/package against the packed declarations. Never run.
import { createKeyring } from 'docker-keyring';
import type { PullSecret } from 'docker-keyring/kubernetes';

/** A Secret, as a client says it that writes `| undefined` out. */
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

declare const withUndefined: UndefinedSecret;

export const accepted: PullSecret[] = [
  withUndefined,
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'regcred', namespace: 'default' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': 'e30=' },
  },
];

createKeyring().withPullSecrets([withUndefined]);

// @ts-expect-error Data values are base64 text, not bytes.
export const bytes: PullSecret = { data: { '.dockerconfigjson': new Uint8Array(2) } };

// @ts-expect-error A secret is an object, not its name.
createKeyring({ pullSecrets: [1] });
