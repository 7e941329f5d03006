// Compiled by `npx tsc`, and by test/package against the packed declarations. Never run.
import { acr, createKeyring, ecr, gcr, type CredentialProvider } from 'docker-keyring';

// Each works with no option, and is a provider like all others.
const providers: readonly CredentialProvider[] = [ecr(), gcr(), acr()];

export const keyring: ReturnType<typeof createKeyring> = createKeyring({ providers });

createKeyring({
  providers: [
    ecr({ accounts: { '123456789012': { roleArn: 'arn:aws:iam::123456789012:role/pull' } } }),
    gcr({ hosts: ['mirror.example.com'], sources: ['metadata'] }),
    acr({ identity: { kind: 'managed-identity', clientId: 'id' } }),
  ],
});

// @ts-expect-error There is no such option.
ecr({ account: '123456789012' });

// @ts-expect-error There is no such source.
gcr({ sources: ['environment'] });

// @ts-expect-error There is no such identity.
acr({ identity: { kind: 'password' } });
