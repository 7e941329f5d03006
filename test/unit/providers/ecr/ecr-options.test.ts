import { describe, expect, test } from '@jest/globals';
import { ecr } from '../../../../src/providers/ecr/ecr.ts';
import type { EcrOptions } from '../../../../src/providers/ecr/ecr-options.ts';

const WRONG: readonly (readonly [message: string, options: unknown])[] = [
  ['ecr: the options must be an object', 'us-west-2'],
  ['ecr: there is no option "regions"; there are profile, roleArn,', { regions: 'us-west-2' }],
  ['ecr: there is no option "constructor"', { constructor: 1 }],
  ['ecr: profile must be a string that is not empty', { profile: '' }],
  ['ecr: roleArn must be the ARN of a role', { roleArn: 'arn:aws:iam::1:role/x' }],
  ['ecr: externalId must be an external id as STS takes it', { externalId: 'x' }],
  ['ecr: roleSessionName must be 2 to 64 letters', { roleSessionName: 'a b' }],
  ['ecr: region must be a region such as eu-west-1', { region: 'eu-west-1.evil.com' }],
  ['ecr: accounts must be an object whose keys are accounts of twelve digits', { accounts: [] }],
  ['ecr: accounts ["12345"]: the keys must be accounts', { accounts: { 12345: {} } }],
  ['ecr: accounts ["123456789012"] must be an object', { accounts: { '123456789012': 'admin' } }],
  [
    'ecr: accounts ["123456789012"] roleArn must be the ARN of a role',
    { accounts: { '123456789012': { roleArn: 'pull' } } },
  ],
  ['ecr: credential must have accessKeyId and secretAccessKey', { credential: {} }],
  [
    'ecr: credential and profile exclude each other',
    { profile: 'ci', credential: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' } },
  ],
  ['ecr: hosts must be an array of hosts', { hosts: { 'a.example.com': {} } }],
  ['ecr: hosts [0] host must be a host in lower case', { hosts: [{ host: '*.example.com' }] }],
  [
    'ecr: hosts [0] must be a host in lower case',
    { hosts: ['*.example.com'], region: 'us-west-2' },
  ],
  [
    'ecr: hosts [0] must have the region of the registry',
    { hosts: [{ host: 'a.example.com' }], region: 'us-west-2' },
  ],
  [
    'ecr: hosts [1] must have the region of the registry, or the option region must say it',
    { hosts: [{ host: 'a.example.com', region: 'us-west-2' }, 'b.example.com'] },
  ],
  ['ecr: hosts [0] must have a host', { hosts: [{ region: 'us-west-2' }] }],
  ['ecr: hosts [0] must be an object', { hosts: [1] }],
  [
    'ecr: hosts [0] account must be twelve digits',
    { hosts: [{ host: 'a.example.com', region: 'us-west-2', account: '1' }] },
  ],
  ['ecr: matchImages must be an array of strings', { matchImages: 'public.ecr.aws' }],
  ['ecr: useFipsEndpoint must be true or false', { useFipsEndpoint: 'yes' }],
  ['ecr: useDualstackEndpoint must be true or false', { useDualstackEndpoint: 1 }],
  ['ecr: endpoints ecr must be an http or https URL', { endpoints: { ecr: 'api.example.com' } }],
  ['ecr: endpoints sts must be an http or https URL', { endpoints: { sts: 'https://' } }],
  ['ecr: serviceAccount must be an object', { serviceAccount: true }],
  ['ecr: serviceAccount audience must be a string', { serviceAccount: { audience: '' } }],
  [
    'ecr: serviceAccount.requireAnnotation needs a service account',
    { serviceAccount: { requireAnnotation: true, requireServiceAccount: false } },
  ],
  ['ecr: system must be a System', { system: 'node' }],
];

describe('ecr()', () => {
  test.each(WRONG)('refuses at once: %s', (message, options) => {
    expect(() => ecr(options as EcrOptions)).toThrow(TypeError);
    expect(() => ecr(options as EcrOptions)).toThrow(message);
  });

  test('takes options that are undefined as if they were not there', () => {
    const options = { profile: undefined, accounts: undefined } as unknown as EcrOptions;
    expect(ecr(options).name).toBe('ecr');
  });

  test('never repeats a credential in its message', () => {
    const credential = { accessKeyId: 1, secretAccessKey: 'example-password' };
    expect(() => ecr({ credential } as unknown as EcrOptions)).not.toThrow(/example-password/);
  });

  test('matches the hosts that are listed beside those of ECR', () => {
    const { matchImages } = ecr({ hosts: [{ host: 'registry.example.com', region: 'us-west-2' }] });
    expect(matchImages).toContain('*.dkr.ecr.*.amazonaws.com');
    expect(matchImages.at(-1)).toBe('registry.example.com');
  });

  test('takes the region of a host that is a text from the option region', () => {
    const provider = ecr({ hosts: ['a.example.com:5000'], region: 'eu-west-1' });
    expect(provider.matchImages.at(-1)).toBe('a.example.com:5000');
    expect(provider.cacheScope?.('a.example.com:5000/app')).toMatch(/^private eu-west-1 /);
  });

  test('matches the images that the caller names, and is for none but those of ECR', () => {
    const provider = ecr({ matchImages: ['public.ecr.aws/acme', '*.io'] });
    expect(provider.matchImages).toEqual(['public.ecr.aws/acme', '*.io']);
    expect(provider.cacheScope?.('quay.io/acme/app')).toBeUndefined();
  });

  test('works without service-account tokens unless they are asked for', () => {
    expect(ecr()).not.toHaveProperty('tokenAttributes');
    expect(ecr({ serviceAccount: {} }).tokenAttributes).toEqual({
      serviceAccountTokenAudience: 'sts.amazonaws.com',
      cacheType: 'ServiceAccount',
      requireServiceAccount: false,
      optionalServiceAccountAnnotationKeys: [
        'eks.amazonaws.com/ecr-role-arn',
        'eks.amazonaws.com/role-arn',
      ],
    });
    const strict = { audience: 'aws', requireAnnotation: true };
    expect(ecr({ serviceAccount: strict }).tokenAttributes).toEqual({
      serviceAccountTokenAudience: 'aws',
      cacheType: 'ServiceAccount',
      requireServiceAccount: true,
      requiredServiceAccountAnnotationKeys: ['eks.amazonaws.com/ecr-role-arn'],
    });
  });
});
