import { expect, test } from '@jest/globals';
import { calledAs } from '../../../../src/cli/binary/called-as.ts';

test.each([
  ['docker-keyring', 'docker-keyring'],
  ['/usr/local/bin/kubectl-keyring', 'docker-keyring'],
  ['./docker-keyring-linux-x64', 'docker-keyring'],
  ['docker-credential-keyring', 'docker-credential-keyring'],
  [String.raw`C:\bin\docker-credential-keyring.EXE`, 'docker-credential-keyring'],
  ['/opt/docker-credential-keyring/any', 'docker-keyring'],
  ['/usr/libexec/kubernetes/docker-keyring-plugin', 'plugin'],
  ['ecr-credential-provider', 'plugin'],
  ['ecr-credential-provider.exe', 'plugin'],
  ['', 'docker-keyring'],
])('By the name %j the executable is %s', (argv0, program) => {
  expect(calledAs(argv0)).toBe(program);
});
