import { describe, expect, test } from '@jest/globals';
import { matchesImage } from '../../../../src/index.ts';
import { ECR_IMAGES, ecrRegistry } from '../../../../src/providers/ecr/registry.ts';

const ACCOUNT = '123456789012';

/** Host and region of every form and partition: reference of the AWS SDK's partitions and the official plugin's tests. */
const PRIVATE: readonly (readonly [form: string, host: string, region: string])[] = [
  ['aws', `${ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com`, 'us-west-2'],
  ['aws FIPS', `${ACCOUNT}.dkr.ecr-fips.us-east-1.amazonaws.com`, 'us-east-1'],
  ['aws dual-stack', `${ACCOUNT}.dkr-ecr.us-west-2.on.aws`, 'us-west-2'],
  ['aws dual-stack FIPS', `${ACCOUNT}.dkr-ecr-fips.us-west-2.on.aws`, 'us-west-2'],
  ['GovCloud', `${ACCOUNT}.dkr.ecr.us-gov-west-1.amazonaws.com`, 'us-gov-west-1'],
  ['GovCloud FIPS', `${ACCOUNT}.dkr.ecr-fips.us-gov-east-1.amazonaws.com`, 'us-gov-east-1'],
  ['GovCloud dual-stack FIPS', `${ACCOUNT}.dkr-ecr-fips.us-gov-west-1.on.aws`, 'us-gov-west-1'],
  ['China', `${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn`, 'cn-north-1'],
  [
    'China dual-stack',
    `${ACCOUNT}.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn`,
    'cn-northwest-1',
  ],
  ['EU sovereign', `${ACCOUNT}.dkr.ecr.eusc-de-east-1.amazonaws.eu`, 'eusc-de-east-1'],
  ['EU sovereign FIPS', `${ACCOUNT}.dkr.ecr-fips.eusc-de-east-1.amazonaws.eu`, 'eusc-de-east-1'],
  ['iso', `${ACCOUNT}.dkr.ecr.us-iso-east-1.c2s.ic.gov`, 'us-iso-east-1'],
  ['iso-b', `${ACCOUNT}.dkr.ecr.us-isob-east-1.sc2s.sgov.gov`, 'us-isob-east-1'],
  ['iso-e', `${ACCOUNT}.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk`, 'eu-isoe-west-1'],
  ['iso-f', `${ACCOUNT}.dkr.ecr.us-isof-south-1.csp.hci.ic.gov`, 'us-isof-south-1'],
];

const FOREIGN: readonly (readonly [why: string, host: string])[] = [
  ['another suffix behind', `${ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com.evil.com`],
  ['another label before', `evil.${ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com`],
  ['eleven digits', '12345678901.dkr.ecr.us-west-2.amazonaws.com'],
  ['thirteen digits', '1234567890123.dkr.ecr.us-west-2.amazonaws.com'],
  ['no digits', 'myregistry.dkr.ecr.us-west-2.amazonaws.com'],
  ['a dot that is another character', `${ACCOUNT}.dkr.ecr.us-west-2.amazonawsxcom`],
  ['a suffix on no label boundary', `${ACCOUNT}.dkr.ecr.us-west-2.evilamazonaws.com`],
  ['a port', `${ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com:443`],
  ['a final dot', `${ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com.`],
  ['upper case', `${ACCOUNT}.DKR.ECR.us-west-2.amazonaws.com`],
  ['a region of two labels', `${ACCOUNT}.dkr.ecr.us-west-2.x.amazonaws.com`],
  ['no region', `${ACCOUNT}.dkr.ecr..amazonaws.com`],
  ['a name below ECR Public', 'x.public.ecr.aws'],
  ['a name above ECR Public', 'ecr.aws'],
  ['ECR Public as a label of another domain', 'public.ecr.aws.evil.com'],
  ['a region of another partition', `${ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com.cn`],
  ['a region of China outside of it', `${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com`],
  ['a region of GovCloud in China', `${ACCOUNT}.dkr.ecr.us-gov-west-1.amazonaws.com.cn`],
  ['a region of iso in iso-b', `${ACCOUNT}.dkr.ecr.us-iso-east-1.sc2s.sgov.gov`],
  ['the name of an inherited member', 'constructor'],
  ['nothing at all', ''],
];

const isAskedFor = (image: string): boolean =>
  ECR_IMAGES.some((pattern) => matchesImage(pattern, image));

describe('a host of ECR', () => {
  test.each(PRIVATE)('of %s is asked for and recognised', (_form, host, region) => {
    expect(ecrRegistry(`${host}/team/app`, new Map())).toEqual({
      host,
      kind: 'private',
      account: ACCOUNT,
      region,
    });
    expect(isAskedFor(`${host}/team/app`)).toBe(true);
  });

  test.each(['public.ecr.aws', 'ecr-public.aws.com'])('%s is ECR Public', (host) => {
    expect(ecrRegistry(`${host}/docker/library/nginx`, new Map())).toEqual({
      host,
      kind: 'public',
      region: 'us-east-1',
    });
    expect(isAskedFor(`${host}/docker/library/nginx`)).toBe(true);
  });

  test.each(FOREIGN)('is not one with %s', (_why, host) => {
    expect(ecrRegistry(`${host}/team/app`, new Map())).toBeUndefined();
  });

  test.each([
    `${ACCOUNT}.dkr-ecr.us-west-2.amazonaws.com`,
    `${ACCOUNT}.dkr.ecr.us-west-2.on.aws`,
    `${ACCOUNT}.dkr-ecr.eusc-de-east-1.on.amazonwebservices.eu`,
  ])('is not asked for in a form that AWS does not document: %s', (host) => {
    expect(isAskedFor(`${host}/app`)).toBe(false);
  });

  test('may be listed by the user, with a port', () => {
    const host = 'registry.example.com:5000';
    const hosts = new Map([[host, { host, region: 'eu-west-1', account: ACCOUNT }]]);
    expect(ecrRegistry('registry.example.com:5000/app', hosts)).toEqual({
      host: 'registry.example.com:5000',
      kind: 'private',
      account: ACCOUNT,
      region: 'eu-west-1',
    });
    expect(ecrRegistry('registry.example.com/app', hosts)).toBeUndefined();
  });
});
