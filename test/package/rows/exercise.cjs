// What every row does with the package, in whatever runs it: something of all that is loaded late. No import, so that any
// runtime, runner and bundler can take it along.
'use strict';

const MANIFEST = `kind: Pod
apiVersion: v1
metadata: { name: web }
spec:
  containers: [{ name: web, image: registry.example.com/app:1 }]
`;

/** @param modules - The package's: `main`, `kubernetes`, `registry` and `testing`. */
exports.exercise = async function exercise({ main, kubernetes, registry, testing }) {
  const { createKeyring, Credential, errors, parseImageReference } = main;
  const problems = [];
  const keyring = createKeyring({
    dockerConfig: false,
    onProblem: (problem) => void problems.push(`${problem.code}: ${problem.message}`),
  });
  const clouds = [
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com/app',
    'us-docker.pkg.dev/lab-project/team/app',
    'team.azurecr.io/app',
  ];
  const users = [];
  for (const image of clouds) users.push((await keyring.lookup(image))[0]?.username ?? null);
  await keyring.close();
  return {
    ...(await withRegistry({ main, kubernetes, registry, testing })),
    yaml: (await kubernetes.parseManifests(MANIFEST)).map(({ kind }) => kind),
    refusal: refusalOf(() => parseImageReference('UPPER'), errors.InvalidReferenceError),
    isSame: kubernetes.ManifestError === errors.ManifestError && typeof Credential === 'function',
    users,
    problems,
  };
};

/** What verifies images, many at a time, at a registry that wants a password. */
async function withRegistry({ main, kubernetes, registry, testing }) {
  const fake = await testing.startFakeRegistry({
    images: { 'shop/web:1.0': ['linux/amd64'] },
    users: { robot: 'canary' },
  });
  const account = { server: fake.host, username: 'robot', password: 'canary' };
  const pullSecrets = [kubernetes.createPullSecret({ name: 'regcred', ...account })];
  const keyring = main.createKeyring({ dockerConfig: false, providers: [], pullSecrets });
  const image = `${fake.host}/shop/web:1.0`;
  const [credential] = await keyring.lookup(image);
  const report = await registry.verifyImages([image], keyring);
  await keyring.close();
  await fake.close();
  return {
    credential: credential instanceof main.Credential && String(credential.username),
    verified: report.images.map(({ status }) => status),
  };
}

function refusalOf(work, ExpectedError) {
  try {
    return work();
  } catch (error) {
    return error instanceof ExpectedError ? error.code : String(error);
  }
}
