import { describe, expect, test } from '@jest/globals';
import { inertText, jsonText, withoutBrackets } from '../../../../src/cli/render/inert.ts';
import { config, manifests, run, secret } from '../run.ts';
import { http, verify } from '../run-verify.ts';

/** Whether a line is a command to GitHub Actions, Azure Pipelines or TeamCity, as these read output. */
function isCommand(line: string): boolean {
  return line.trimStart().startsWith('::') || /##[a-z]*\[/i.test(line);
}

describe('Text for people', () => {
  test.each<[string, string]>([
    ['::warning::x', '\\u{3a}:warning::x'],
    ['a\n \t::error::x\n', 'a\n \t\\u{3a}:error::x\n'],
    ['\u001B[1m::group::x\u001B[22m', '\u001B[1m\\u{3a}:group::x\u001B[22m'],
    ['a ##vso[task.setvariable]x', 'a #\\u{23}vso[task.setvariable]x'],
    ['##[error]x ##TeamCity[x]', '#\\u{23}[error]x #\\u{23}TeamCity[x]'],
    ['a::b [::1]:5000 # ## x[', 'a::b [::1]:5000 # ## x['],
  ])('is no command: %j', (text, expected) => {
    expect(inertText(text)).toBe(expected);
    expect(expected.split('\n').some(isCommand)).toBe(false);
  });

  test('may have commands of our own', () => {
    expect(withoutBrackets('::error::##[x]')).toBe('::error::#\\u{23}[x]');
  });
});

describe('JSON', () => {
  test('is the same to who parses it, and nothing to who shows it', () => {
    const value = {
      a: ['##vso[x]', '\u009B31m', '\u202E\u2028', '\t\n', 'ü€'],
      '##[b]': '\u{E0001}',
    };
    const text = jsonText(value, '\t');
    expect(JSON.parse(text)).toEqual(value);
    expect(text).toContain('\n\t"a": [\n');
    expect(text).toContain('ü€');
    expect(text).toMatch(/\}\n$/);
    expect(text).not.toMatch(/##\w*\[|(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(jsonText({ a: 1 }, 0)).toBe('{"a":1}\n');
  });
});

describe('What comes from outside gives no command in the output of', () => {
  const evil = ['::warning::x', '##vso[task.complete]x', ' ::error::x', '\r\n::error::x'];
  const files = {
    '/cwd/c.json': config({ '##vso[x].test': 'u:p', 'r.test/##[x]': '::u:p' }),
    '/cwd/s.yaml': manifests(secret('::warning::s', '{}', '##vso[x]')),
    '/cwd/p.yaml': manifests({
      kind: 'Pod',
      metadata: { name: '::warning::x', namespace: '##vso[x]' },
      spec: { containers: evil.map((image) => ({ name: '::x', image })) },
    }),
  };
  const options = '--providers none --docker-config c.json';
  const lines = [
    `lookup r.test/x ${options} --show-secrets`,
    `lookup r.test/x ${options} --show-secrets -o json`,
    `lookup r.test/x ${options} --show-secrets -o docker-config`,
    `lookup r.test/x ${options} --show-secrets -o dockerode`,
    `lookup r.test/x ${options} --show-secrets -o header`,
    `explain --pod p.yaml ${options}`,
    `explain --pod p.yaml ${options} -o json`,
    `explain r.test/x ${options} --secret s.yaml`,
    `config --docker-config c.json -o text`,
    `config --docker-config c.json`,
    `doctor --pod p.yaml ${options}`,
    `doctor --pod p.yaml ${options} -o json`,
    `secret validate s.yaml`,
    `secret validate s.yaml -o json`,
  ];

  test.each(lines)('%s', async (line) => {
    const { stdout, stderr } = await run(line, { files, http });
    expect(stdout).not.toBe('');
    expect(`${stdout}${stderr}`.split(/[\r\n]/).filter(isCommand)).toEqual([]);
  });

  test.each(evil)('explain %j', async (image) => {
    const { exitCode, stdout } = await run(['explain', image, '--no-docker-config']);
    expect(exitCode).toBe(1);
    expect(stdout.split(/[\r\n]/).filter(isCommand)).toEqual([]);
  });

  test.each(['text', 'json', 'junit', 'github'])('verify -o %s', async (output) => {
    const { exitCode, stdout } = await verify(`-f p.yaml -o ${output}`, { files, http });
    expect(exitCode).toBe(1);
    const commands = stdout.split(/[\r\n]/).filter(isCommand);
    const own = commands.filter((line) => /^::error file=p\.yaml,line=\d+,title=/.test(line));
    expect(commands).toEqual(own);
    expect(own).toHaveLength(output === 'github' ? evil.length : 0);
    expect(stdout).not.toMatch(/##\w*\[/);
  });
});
