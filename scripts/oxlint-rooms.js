// An oxlint plugin: the rules about src/ that no ready-made rule can express (docs: "Rooms" in CONTRIBUTING.md).
// Its own tests are in test/package/lint-rules.test.ts.
import { readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, posix, relative, resolve, sep } from 'node:path';

/** A room imports only rooms that stand before it. */
const ROOMS = [
  'util',
  'errors',
  'go',
  'system',
  'reference',
  'credential',
  'config',
  'keyring',
  'findings',
  'kubelet',
  'providers',
  'shared-cache',
  'kubernetes',
  'explain',
  'create-keyring',
  'registry',
  'doctor',
  'index',
  'serve',
  'cli',
  'testing',
];

/** Node's modules that compute and do nothing else. */
const PURE_BUILTINS = new Set([
  'node:assert',
  'node:async_hooks',
  'node:buffer',
  'node:crypto',
  'node:diagnostics_channel',
  'node:events',
  'node:path',
  'node:path/posix',
  'node:path/win32',
  'node:string_decoder',
  'node:url',
  'node:util',
]);

/** The first part of a path below src/, or undefined outside of src/. */
function roomOf(path, cwd) {
  const [folder, first] = relative(cwd, path).split(sep).join(posix.sep).split(posix.sep);
  return folder === 'src' && first !== undefined ? first.replace(/\.ts$/, '') : undefined;
}

/** Visits every way to name another module: import, export … from, import(), and import() in a type. */
function onImport(visit) {
  const visitSource = (node) => {
    const source = node.source ?? node.argument?.literal ?? node.argument;
    if (typeof source?.value === 'string') visit(source, source.value);
  };
  return {
    ImportDeclaration: visitSource,
    ExportNamedDeclaration: visitSource,
    ExportAllDeclaration: visitSource,
    ImportExpression: visitSource,
    TSImportType: visitSource,
  };
}

function orderProblem(from, to) {
  if (!ROOMS.includes(to))
    return `src/${to} is in no room; the rooms are in design order: ${ROOMS.join(', ')}.`;
  if (from === to || from === 'index' || ROOMS.indexOf(to) < ROOMS.indexOf(from)) return undefined;
  return `The room ${from} must not import ${to}: a room imports only rooms before it (${ROOMS.join(', ')}).`;
}

const order = {
  create(context) {
    const from = roomOf(context.filename, context.cwd);
    if (from === undefined) return {};
    return {
      Program(node) {
        const message = orderProblem(from, from);
        if (message !== undefined) context.report({ node, message });
      },
      ...onImport((node, name) => {
        if (/^docker-keyring(\/|$)/.test(name)) {
          context.report({ node, message: 'Import by relative path, not by the package name.' });
        }
        if (!name.startsWith('.')) return;
        if (node.parent.type === 'TSImportType') {
          const message = 'Import the type by its name: import/no-cycle does not see it here.';
          context.report({ node, message });
        }
        const to = roomOf(resolve(dirname(context.filename), name), context.cwd);
        const message =
          to === undefined ? 'src/ must not import from outside src/.' : orderProblem(from, to);
        if (message !== undefined) context.report({ node, message });
      }),
    };
  },
};

const outsideWorld = {
  create(context) {
    const onNewDate = (node) => {
      if (node.callee.name === 'Date' && node.arguments.length === 0) {
        context.report({ node, message: 'Reads the clock: ask a System for now().' });
      }
    };
    return {
      ...onImport((node, name) => {
        const builtin = isBuiltin(name) ? `node:${name.replace(/^node:/, '')}` : undefined;
        if (builtin === undefined || PURE_BUILTINS.has(builtin)) return;
        context.report({ node, message: `Only src/system/ may import ${builtin}: use a System.` });
      }),
      NewExpression: onNewDate,
      CallExpression: onNewDate,
    };
  },
};

/** More files than that side by side are not seen at a glance. */
const MAX_FILES = 15;

const folderSize = {
  create(context) {
    const folder = dirname(context.filename);
    const files = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .toSorted();
    // Said once, of the first.
    if (files.length <= MAX_FILES || files[0] !== basename(context.filename)) return {};
    const where = relative(context.cwd, folder);
    const message = `${where} has ${files.length} files; a folder has at most ${MAX_FILES}.`;
    return { Program: (node) => context.report({ node, message }) };
  },
};

export default {
  meta: { name: 'rooms' },
  rules: { order, 'outside-world': outsideWorld, 'folder-size': folderSize },
};
