import { describe, expect, test } from '@jest/globals';

import { acr } from '../../../../src/providers/acr/acr.ts';

const SECRET_PRINCIPAL = { kind: 'service-principal', tenantId: 't', clientId: 'c' };

describe('acr', () => {
  test.each<[unknown, string]>([
    [null, 'the options must be an object'],
    [{ tenantId: 'x' }, 'there is no option "tenantId"; there are identity, credential'],
    [{ identity: 'x' }, 'identity must be an object with a kind: service-principal,'],
    [{ identity: { kind: 'toString' } }, 'identity must have one of these as kind'],
    [{ identity: { kind: 3 } }, 'identity must have one of these as kind'],
    [{ identity: { kind: 'developer', tenant: 'x' } }, 'has no member "tenant"'],
    [
      { identity: { kind: 'admin-user', registry: 'a.azurecr.io' } },
      'must have a text that is not empty as password',
    ],
    [
      { identity: { kind: 'admin-user', registry: 'https://a', password: 'p' } },
      'must have a login server as registry',
    ],
    [{ identity: SECRET_PRINCIPAL }, 'must have either clientSecret or certificatePath'],
    [
      { identity: { ...SECRET_PRINCIPAL, clientSecret: 's', certificatePath: 'p' } },
      'either clientSecret',
    ],
    [
      { identity: { ...SECRET_PRINCIPAL, clientSecret: 's', certificatePassword: 'p' } },
      'certificatePassword without certificatePath',
    ],
    [
      { identity: { ...SECRET_PRINCIPAL, clientSecret: 's', sendCertificateChain: 1 } },
      'sendCertificateChain',
    ],
    [{ identity: { kind: 'developer', sendCertificateChain: true } }, 'sendCertificateChain'],
    [
      { identity: { kind: 'managed-identity', clientId: 'a', objectId: 'b' } },
      'may have one of clientId',
    ],
    [
      { identity: { kind: 'managed-identity', clientId: '' } },
      'a text that is not empty as clientId',
    ],
    [{ credential: {} }, 'credential must be an object with getToken()'],
    [{ credential: null }, 'credential must be an object with getToken()'],
    [{ credential: { getToken() {} }, identity: { kind: 'environment' } }, 'exclude each other'],
    [{ configFile: true }, 'configFile must be a path, or false for none'],
    [{ cloud: 'Azure' }, "cloud must be 'AzureCloud' or 'AzureChinaCloud' or 'AzureUSGovernment'"],
    [{ suffixes: ['.azurecr.io'] }, 'suffixes must be an array of host names without a dot'],
    [{ hosts: ['https://a.example.com'] }, 'hosts must be an array of registry keys'],
    [{ hosts: 'a.example.com' }, 'hosts must be an array of registry keys'],
    [{ matchImages: [1] }, 'matchImages must be an array of strings'],
    [{ scope: '' }, 'scope must be a scope'],
    [{ registryMirrors: { '*.a': 'b' } }, 'registryMirrors must map hosts to hosts'],
    [{ registryMirrors: { a: 1 } }, 'registryMirrors must map hosts to hosts'],
    [{ registryMirrors: ['a'] }, 'registryMirrors must map hosts to hosts'],
    [{ anonymousFallback: 'yes' }, 'anonymousFallback must be true or false'],
    [{ identityToken: 1 }, 'identityToken must be true or false'],
    [
      { serviceAccount: { requireAnnotation: 'yes' } },
      'serviceAccount requireAnnotation must be true or false',
    ],
    [{ serviceAccount: true }, 'serviceAccount must be an object'],
    [{ identityOptions: 1 }, 'identityOptions must be an object'],
    [{ identityOptions: { retry: 1 } }, 'identityOptions has no member "retry"'],
    [{ identityOptions: { authorityHost: 'http://a' } }, 'https URL as authorityHost'],
    [{ identityOptions: { authorityHost: 1 } }, 'https URL as authorityHost'],
    [{ identityOptions: { disableInstanceDiscovery: 1 } }, 'disableInstanceDiscovery'],
    [{ identityOptions: { additionallyAllowedTenants: [''] } }, 'additionallyAllowedTenants'],
    [{ identityOptions: { additionallyAllowedTenants: 'x' } }, 'additionallyAllowedTenants'],
    [{ system: 1 }, 'system must be a System'],
  ])('refuses %j', (options, message) => {
    const make = (): unknown => acr(options as object);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  test('takes options that are not set', () => {
    expect(acr({ identity: undefined, cloud: undefined, configFile: false }).name).toBe('acr');
  });
});
