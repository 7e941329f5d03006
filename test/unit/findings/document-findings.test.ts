import { describe, expect, test } from '@jest/globals';

import { decodeDockerConfig, type DockerConfigFormat } from '../../../src/config/docker-config.ts';
import { documentFindings } from '../../../src/findings/document-findings.ts';
import type { Finding } from '../../../src/findings/finding.ts';

function inFile(text: string, format: DockerConfigFormat = 'config.json'): Finding[] {
  const config = decodeDockerConfig(Buffer.from(text), format, { tokens: true });
  return documentFindings(config, { format, isSecret: false, field: '', nowMs: 0 });
}

describe('A file', () => {
  test.each<[string, readonly string[]]>([
    ['{"auths":{"r.test":{"auth":"dTpw"}}}', []],
    ['{"auths":{"r.test":{"identitytoken":"x"}}}', []],
    ['{"auths":{"r.test":{}}}', ['entry-empty']],
    ['{"auths":{"r.test":{}},"credsStore":"pass"}', []],
    ['{"auths":{"r.test":{},"R.test":{}},"credHelpers":{"r.test":"pass"}}', []],
    ['{"credsStore":"pass"}', []],
    ['{"auths":{}}', ['no-entries']],
    ['{"r.test":{"auth":"dTpw"}}', ['no-auths']],
    ['{"auths":{"r.test":{"auth":"!"}}}', ['auth-malformed']],
    ['{"auths":{"r.test":{"auth":"dTpw","password":"x"}}}', ['auth-beside-password']],
    ['{"auths":5}', ['config-malformed']],
    ['{"auths":', ['config-malformed']],
    ['{"credsStore":5,"auths":{"r.test":{"auth":"dTpw"}}}', ['field-ignored']],
  ])('%s', (text, codes) => {
    expect(inFile(text).map(({ code }) => code)).toEqual(codes);
  });

  test('that a kubelet reads nothing of is an error that nobody rejects', () => {
    expect(inFile('{"auths":5}')).toMatchObject([
      { severity: 'error', hint: 'Correct the file: a kubelet reads nothing of it.', where: {} },
    ]);
    expect(inFile('{"auths":5}')[0]).not.toHaveProperty('rejectedBy');
  });

  test('has the place of an entry', () => {
    const where = { key: 'R.test', field: 'auths[R.test]' };
    expect(inFile('{"auths":{"R.test":{"auth":"dTpw"}}}')).toMatchObject([
      { code: 'key-case', where },
    ]);
  });

  test('of the older format has its own advice', () => {
    expect(inFile('{"auths":{"r.test":{"auth":"dTpw"}}}', '.dockercfg')[0]).toMatchObject({
      code: 'auths-in-dockercfg',
      hint: 'Name the file config.json, or take the level out.',
    });
    expect(inFile('{}', '.dockercfg')).toMatchObject([{ code: 'no-entries' }]);
    expect(inFile('{"R.test":{"auth":"dTpw"}}', '.dockercfg')[0]?.where.field).toBe('[R.test]');
  });
});
