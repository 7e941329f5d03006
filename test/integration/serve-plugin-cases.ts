// What a kubelet asks docker-keyring plugin for, by cloud.

import type { FakeCloud, FakeCloudOptions } from 'docker-keyring/testing';
import { fakeJwt } from '../../src/testing/azure/aad-tokens.ts';

/** An image of ECR. */
export const ECR_IMAGE = '123456789012.dkr.ecr.us-west-2.amazonaws.com/app';
const ROLE = 'arn:aws:iam::210987654321:role/pull';
const TENANT = '33333333-3333-4333-8333-333333333333';
const CLIENT = '44444444-4444-4444-8444-444444444444';
const ISSUER = 'https://container.googleapis.com/v1/projects/lab-project/locations/l/clusters/c';
const ASSERTION = fakeJwt({
  iss: 'https://lab.issuer',
  sub: 'puller',
  aud: 'api://AzureADTokenExchange',
  exp: 4_000_000_000,
});

/** A pod's service account. */
export interface Pod {
  readonly serviceAccount: string;
  readonly token: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One cloud. */
export interface Case {
  readonly provider: string;
  readonly image: string;
  readonly cloud: FakeCloudOptions;
  readonly username: string;
  /** All that the fakes gave out for a registry. */
  readonly given: (cloud: FakeCloud) => readonly (string | undefined)[];
  readonly pod: Pod;
  readonly audience: string;
  readonly more?: readonly string[];
}

/** All of them. */
export const CASES: readonly Case[] = [
  {
    provider: 'ecr',
    image: ECR_IMAGE,
    cloud: { machine: 'aws', sts: { roles: { [ROLE]: { webIdentityTokens: ['pod-token'] } } } },
    username: 'AWS',
    given: ({ ecr }) => ecr.tokens.map(({ password }) => password),
    pod: {
      serviceAccount: 'web',
      token: 'pod-token',
      annotations: {
        'eks.amazonaws.com/ecr-role-arn': ROLE,
        'example.com/other': 'not for plugins',
      },
    },
    audience: 'sts.amazonaws.com',
  },
  {
    provider: 'gcr',
    image: 'us-docker.pkg.dev/lab-project/team/app',
    cloud: {
      machine: 'google',
      googleSts: {
        audience: `identitynamespace:lab-project.svc.id.goog:${ISSUER}`,
        subjects: { 'pod-token': 'web' },
      },
    },
    username: '_token',
    given: ({ gceMetadata, googleSts }) =>
      [...gceMetadata.tokens, ...googleSts.tokens].map(({ token }) => token),
    pod: {
      serviceAccount: 'web',
      token: 'pod-token',
      annotations: { 'iam.gke.io/enable-wi-image-pull': 'true' },
    },
    audience: 'lab-project.svc.id.goog',
    more: ['--gcr-project=lab-project', `--gcr-identity-provider=${ISSUER}`],
  },
  {
    provider: 'acr',
    image: 'team.azurecr.io/app',
    cloud: {
      machine: 'azure',
      entra: {
        applications: [
          {
            tenantId: TENANT,
            clientId: CLIENT,
            federated: { issuer: 'https://lab.issuer', subject: 'puller' },
          },
        ],
      },
    },
    username: '00000000-0000-0000-0000-000000000000',
    given: ({ acr }) => acr.refreshTokens,
    pod: {
      serviceAccount: 'web',
      token: ASSERTION,
      annotations: {
        'kubernetes.azure.com/acr-client-id': CLIENT,
        'kubernetes.azure.com/acr-tenant-id': TENANT,
      },
    },
    audience: 'api://AzureADTokenExchange',
  },
];
