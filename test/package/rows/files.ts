// The files of a row's folder.

const MODULES = {
  main: 'docker-keyring',
  kubernetes: 'docker-keyring/kubernetes',
  registry: 'docker-keyring/registry',
  testing: 'docker-keyring/testing',
};

const lines = (write: (name: string, module: string) => string): string =>
  Object.entries(MODULES)
    .map(([name, module]) => write(name, module))
    .join('\n');

const WORK = `
const finish = (result) =>
  process.env.RESULT_FILE === undefined
    ? console.log(JSON.stringify(result))
    : writeFileSync(process.env.RESULT_FILE, JSON.stringify(result));
const work = () => exercise({ ${Object.keys(MODULES).join(', ')} }).then(finish);
`;

/** What exports `work`, by `require`. */
const requiring = `
const { writeFileSync } = require('node:fs');
const { exercise } = require('./exercise.cjs');
${lines((name, module) => `const ${name} = require('${module}');`)}
${WORK}
exports.work = work;
`;

/** The same, by `import`. */
const importing = `
import { writeFileSync } from 'node:fs';
import { exercise } from './exercise.cjs';
${lines((name, module) => `import * as ${name} from '${module}';`)}
${WORK}
export { work };
`;

/** In TypeScript, with a type of the package's. */
const typed = `${importing.replace('(result)', '(result: unknown)')}
const options: main.KeyringOptions = {};
export { options };
`;

/** Files for runners and bundlers; what of them is used, each row says. */
export const FILES: Readonly<Record<string, string>> = {
  'work.cjs': requiring,
  'work.mjs': importing,
  // Not work.ts: Jest looks for work.mjs first.
  'typed.ts': typed,
  'exercise.d.cts': 'export function exercise(modules: object): Promise<unknown>;\n',
  'program.cjs': `require('./work.cjs').work();\n`,
  'program.mjs': `import { work } from './work.mjs';\nwork();\n`,
  'program.ts': `import { work } from './typed.ts';\nvoid work();\n`,
};
