// The public interface as api/ has it, a report for each entry of package.json, and as docs/reference/ describes it.
// `npm run check:api` compares, and `npm run api` (--update) writes. Run after a build: both are made from the declarations
// in dist/.
import {
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
import { resolveConfig } from 'prettier';
import { referencePages } from './reference-pages.js';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const root = fileURLToPath(new URL('..', import.meta.url));
const packageFile = join(root, 'package.json');
const update = process.argv.includes('--update');
const { exports } = JSON.parse(readFileSync(packageFile, 'utf8'));
const temporary = mkdtempSync(join(tmpdir(), 'docker-keyring-api-'));

try {
  const entries = Object.entries(exports).filter(([, one]) => typeof one !== 'string');
  const reports = entries.map(([entry, one]) => report(entry, join(root, one.require.types)));
  const problems = [
    ...reports.flatMap(({ complaints }) => complaints),
    ...exportProblems(reports),
    ...(await pageProblems(reports)),
    ...reports
      .filter(({ changed }) => changed && !update)
      .map(({ file }) => `${file} is not up to date: npm run api`),
  ];
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(temporary, { recursive: true });
}

/** Makes the report of one entry: what it exports, and the names that its declarations use without exporting them. */
function report(entry, types) {
  const file = `docker-keyring${entry.slice(1).replace('/', '-')}.api.md`;
  const forgotten = [];
  const complaints = [];
  const { apiReportChanged } = Extractor.invoke(configOf(types, file), {
    localBuild: update,
    messageCallback(message) {
      const { messageId, text, logLevel } = message;
      message.handled = true;
      if (messageId === 'ae-forgotten-export') forgotten.push(/"(.+?)"/.exec(text)[1]);
      else if (isComplaint(logLevel) && !messageId.startsWith('console-')) {
        complaints.push(`${entry}: ${messageId}: ${text}`);
      }
    },
  });
  const names = namesIn(readFileSync(join(temporary, file), 'utf8'));
  return { entry, file, changed: apiReportChanged, complaints, forgotten, ...names };
}

function configOf(mainEntryPointFilePath, reportFileName) {
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2022'],
    module: 'nodenext',
    types: ['node'],
  };
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: packageFile,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath,
      newlineKind: 'lf',
      apiReport: {
        enabled: true,
        reportFileName,
        reportFolder: join(root, 'api'),
        reportTempFolder: temporary,
      },
      docModel: { enabled: true, apiJsonFilePath: modelFile(reportFileName) },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      compiler: { overrideTsconfig: { compilerOptions, files: [mainEntryPointFilePath] } },
      messages: {
        extractorMessageReporting: {
          'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
          // Judged here: another entry may export the name.
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: false },
        },
      },
    },
  });
}

function modelFile(reportFileName) {
  return join(temporary, reportFileName.replace('.api.md', '.api.json'));
}

/** Writes the pages of docs/reference, or says which are not up to date. */
async function pageProblems(reports) {
  const folder = join(root, 'docs', 'reference');
  const models = reports.map(({ entry, file }) => ({ entry, file: modelFile(file) }));
  const style = await resolveConfig(packageFile);
  const pages = await referencePages(models, style);
  const known = new Set(pages.map(({ file }) => file));
  mkdirSync(folder, { recursive: true });
  const others = readdirSync(folder).filter((file) => !known.has(file));
  const changed = pages.filter(({ file, text }) => {
    const path = join(folder, file);
    return !existsSync(path) || readFileSync(path, 'utf8') !== text;
  });
  if (update) {
    for (const { file, text } of changed) writeFileSync(join(folder, file), text);
    for (const file of others) rmSync(join(folder, file));
    return [];
  }
  return [...changed.map(({ file }) => file), ...others].map(
    (file) => `docs/reference/${file} is not up to date: npm run api`,
  );
}

function isComplaint(level) {
  return level === ExtractorLogLevel.Error || level === ExtractorLogLevel.Warning;
}

/** The names that an entry exports, and those that its namespaces hold. */
function namesIn(text) {
  const exported = text.matchAll(
    /^export (?:(?:declare|abstract) )*(?:class|const|function|interface|type) (\w+)/gm,
  );
  const namespaces = text.matchAll(/^declare namespace \w+ \{\n {4}export \{\n([^}]*)/gm);
  return {
    exported: new Set(Array.from(exported, ([, name]) => name)),
    inNamespaces: Array.from(namespaces, ([, list]) => list.match(/\w+/g)).flat(),
  };
}

/** A name is exported from one entry, and whatever a declaration uses from some entry (docs/decisions/0031). */
function exportProblems(reports) {
  const homes = new Map();
  for (const { entry, exported } of reports) {
    for (const name of exported) homes.set(name, [...(homes.get(name) ?? []), entry]);
  }
  const inNamespaces = new Set(reports.flatMap((one) => one.inNamespaces));
  const isNamed = (name) => homes.has(name) || inNamespaces.has(name);
  const twice = [...homes].filter(([, places]) => places.length > 1);
  return [
    ...twice.map(([name, places]) => `${name} is exported twice: ${places.join(', ')}`),
    ...reports.flatMap(({ entry, forgotten }) =>
      forgotten
        .filter((name) => !isNamed(name))
        .map((name) => `${entry} uses ${name}, which no entry exports`),
    ),
  ];
}
