// npm run test:peers: other people's tables of tests, asked of the packed package. No row may be wrong, and each row that
// differs on purpose needs a page that says why. The tables are not ours to publish: they lie beside the project, or in
// the folder that $PEERS names.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The runners were written for an interface that is no longer: names had other entries, and some options other names. */
const ADAPTIONS = [
  [
    "...(await load('.')),",
    `...(await load('./kubernetes')), ...(await load('./kubelet')), ...named(await load('.')),`,
  ],
  [
    "providers: await load('./providers')",
    "providers: { ...(await load('./providers')), ...named(await load('.')) }",
  ],
  [
    'export async function open(url) {',
    `/** Functions were told of a provider's failures by an option of their own. */
function named({ createKeyring, ...all }) {
  const hear = ({ onProblem, onProviderError, ...options }) =>
    typeof onProviderError === 'function'
      ? { ...options, onProblem: (problem) => (problem.code === 'ERR_KEYRING_PROVIDER_FAILED' ? onProviderError : onProblem)?.(problem) }
      : { ...options, ...(onProblem && { onProblem }), ...(onProviderError && { onProviderError }) };
  return { ...all, createKeyring: (options = {}) => createKeyring(hear(options)) };
}

export async function open(url) {`,
  ],
  ['{ credentials: T.EXAMPLE_AWS_CREDENTIALS }', '{ credential: T.EXAMPLE_AWS_CREDENTIALS }'],
  ['{ credentials: EXAMPLE_AWS_CREDENTIALS', '{ credential: EXAMPLE_AWS_CREDENTIALS'],
  ["serviceAccountTokens: 'required'", 'serviceAccount: { requireAnnotation: true }'],
  ['workloadIdentity', 'serviceAccount'],
  // oras writes only `auth`, and so refuses a user name with a colon. Our document has the two fields that the runner never looks at.
  [
    `toDockerConfigJson([c]).auths['r.test'].auth, (a) => ({ auth: a })); s.row('Test_validateCredentialFormat', t.name, t.wantErr ? 'refused' : { auth: b64('x:y:z') }, got, { input: t.cred });`,
    `({ ...toDockerConfigJson([c]).auths['r.test'] })); s.row('Test_validateCredentialFormat', t.name, t.wantErr ? 'refused' : { auth: b64('x:y:z') }, got, { input: t.cred, ours: { value: { username: 'x:y', password: 'z' }, doc: 'docs/node-configuration.md#one-configjson-for-all-nodes', why: 'auth cannot hold such a name, so it is written to username and password, which docker and the kubelet read' } });`,
  ],
];

const root = fileURLToPath(new URL('..', import.meta.url));
const tables = process.env.PEERS ?? join(root, '../shared/peers');
if (!existsSync(join(tables, 'run-all.sh'))) {
  console.error(`No tables of peers' tests in ${tables}: set PEERS to their folder.`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-peers-'));
try {
  const copy = copyTables();
  const { status } = spawnSync('sh', [join(copy, 'run-all.sh'), installTarball()], {
    stdio: 'inherit',
  });
  const unexplained = rowsWithoutPage(copy);
  for (const row of unexplained) console.log(`NO PAGE  ${row}`);
  process.exitCode = status === 0 && unexplained.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The runners write down what they see, and the original may be read only. No row is known to be wrong. */
function copyTables() {
  const copy = join(folder, 'peers');
  cpSync(tables, copy, { recursive: true });
  execFileSync('chmod', ['-R', 'u+w', copy]);
  for (const file of readdirSync(copy, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.mjs')) adapt(join(copy, file));
  }
  writeFileSync(join(copy, 'known-wrong.txt'), '');
  return copy;
}

function adapt(file) {
  const text = readFileSync(file, 'utf8');
  const adapted = ADAPTIONS.reduce((all, [from, to]) => all.replaceAll(from, to), text);
  if (adapted !== text) writeFileSync(file, adapted);
}

function installTarball() {
  const consumer = join(folder, 'consumer');
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }\n');
  npm(root, 'pack', '--silent', '--pack-destination', folder);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  npm(consumer, 'install', '--silent', '--prefer-offline', join(folder, tarball));
  return consumer;
}

function npm(cwd, ...args) {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

function rowsWithoutPage(copy) {
  return readdirSync(copy).flatMap((suite) => {
    const results = join(copy, suite, 'results.json');
    if (!existsSync(results)) return [];
    const { rows } = JSON.parse(readFileSync(results, 'utf8'));
    return rows
      .filter(({ status, doc }) => status === 'deliberate' && !hasPage(doc))
      .map(({ table, label, doc }) => `${suite} | ${table} | ${label}: ${doc}`);
  });
}

/** Whether docs/ has the page, and the page the heading, as GitHub makes anchors of headings. */
function hasPage(doc = '') {
  const [page, anchor] = doc.split('#');
  const file = join(root, page);
  if (!page.startsWith('docs/') || !existsSync(file)) return false;
  const headings = readFileSync(file, 'utf8').match(/^#+ .*$/gm) ?? [];
  const anchors = headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );
  return anchor === undefined || anchors.includes(anchor);
}
