// The names under which the services of the clouds are reached on the internet.

import type { FakeServer } from '../fake-server.ts';
import type { FakeCloudServices } from './services.ts';

/**
 * Host names by service, as routes of a proxy. Sources: the AWS general reference ("Amazon ECR endpoints", "AWS STS
 * endpoints"), Google's "Private Google Access" domain list, and Azure's "Authentication endpoints" by cloud.
 */
const HOSTS: Partial<Record<keyof FakeCloudServices, readonly string[]>> = {
  ecr: [
    'api.ecr.*.amazonaws.com',
    'api.ecr-fips.*.amazonaws.com',
    'ecr-fips.*.amazonaws.com',
    'api.ecr.*.amazonaws.com.cn',
    'api.ecr.*.amazonaws.eu',
    'ecr.*.api.aws',
    'ecr-fips.*.api.aws',
    'ecr.*.api.amazonwebservices.com.cn',
    'api.ecr-public.*.amazonaws.com',
    'ecr-public.*.api.aws',
  ],
  sts: [
    'sts.amazonaws.com',
    'sts.*.amazonaws.com',
    'sts-fips.*.amazonaws.com',
    'sts.*.amazonaws.com.cn',
    'sts.*.amazonaws.eu',
    'sts.*.api.aws',
  ],
  googleTokenServer: [
    'oauth2.googleapis.com',
    'www.googleapis.com',
    'iamcredentials.googleapis.com',
  ],
  googleSts: ['sts.googleapis.com'],
  entra: [
    'login.microsoftonline.com',
    'login.microsoftonline.us',
    'login.chinacloudapi.cn',
    'login.partner.microsoftonline.cn',
  ],
  acr: ['*.azurecr.io', '*.azurecr.cn', '*.azurecr.us', '*.azurecr.de'],
};

/** Routes to everything that speaks TLS on the internet. */
export interface CloudRoutes {
  /** To servers that speak TLS themselves. */
  readonly tls: Readonly<Record<string, string>>;
  /** To servers that need somebody who does it for them. */
  readonly plain: Readonly<Record<string, string>>;
}

/** Finds all routes. */
export function cloudRoutes(
  services: FakeCloudServices,
  hosts: Readonly<Record<string, FakeServer>>,
): CloudRoutes {
  const ofServices = Object.entries(HOSTS).flatMap(([service, names]) =>
    names.map((name) => [name, services[service as keyof FakeCloudServices]] as const),
  );
  const all: readonly (readonly [string, FakeServer])[] = [...ofServices, ...Object.entries(hosts)];
  const routesOf = (scheme: string): Record<string, string> =>
    Object.fromEntries(
      all
        .filter(([, { url }]) => url.startsWith(scheme))
        .map(([name, { host }]) => [`${name}:443`, host]),
    );
  return { tls: routesOf('https:'), plain: routesOf('http:') };
}
