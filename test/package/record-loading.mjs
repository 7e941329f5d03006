// Preloaded by import-cost.test.ts and no-cloud.test.ts: writes down every module that is loaded, and every call that
// touches the outside.
import child_process from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import Module, { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';
import { pathToFileURL } from 'node:url';

const { appendFileSync } = fs;

// Node itself reads the modules' own files and package.json files through the same functions.
const isModuleFile = (path) => /\.[cm]?js$|package\.json$|node_modules/.test(path);

let own = false;

/** Appending is a call itself. */
function write(line) {
  const before = own;
  own = true;
  appendFileSync(process.env.RECORD_FILE, `${line}\n`);
  own = before;
}

function watch(owner, names) {
  for (const name of names) {
    const original = owner[name];
    if (typeof original !== 'function' || /^[A-Z]/.test(name)) continue;
    owner[name] = function (...args) {
      const shown = String(args[0]);
      if (!own && !isModuleFile(shown)) {
        write(`call ${name} ${shown}`);
      }
      return Reflect.apply(original, this, args);
    };
  }
}

const pathFunctions =
  /^(open|read|stat|lstat|exists|access|realpath|opendir|watch|create|write|append|mk|rm)/;
// Calls on descriptors follow an open, and Node's own output uses them.
const onPath = (name) => pathFunctions.test(name) && !/^(read|write)v?(Sync)?$/.test(name);
watch(fs, Object.keys(fs).filter(onPath));
watch(fs.promises, Object.keys(fs.promises).filter(onPath));
watch(child_process, Object.keys(child_process));
watch(net, ['connect', 'createConnection', 'createServer']);
watch(net.Socket.prototype, ['connect']);
watch(tls, ['connect']);
watch(dgram, ['createSocket']);
const onName = (name) => /^(lookup|resolve|reverse)/.test(name);
for (const owner of [dns, dns.promises]) watch(owner, Object.keys(owner).filter(onName));
for (const owner of [http, https]) watch(owner, ['request', 'get']);
globalThis.fetch = () => write('call fetch');
syncBuiltinESMExports();

const builtin = process.getBuiltinModule.bind(process);
process.getBuiltinModule = (name) => {
  write(`module ${name}`);
  return builtin(name);
};

function resolve(specifier, context, next) {
  const found = next(specifier, context);
  write(`module ${found.url}`);
  return found;
}
const hooks = `
  import { appendFileSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    appendFileSync(process.env.RECORD_FILE, 'module ' + found.url + '\\n');
    return found;
  }`;
/** What is required is not seen by the hooks of an earlier Node. */
function watchRequire() {
  const name = '_resolveFilename';
  const original = Module[name];
  Module[name] = function (...args) {
    const found = Reflect.apply(original, this, args);
    write(`module ${found.startsWith('/') ? pathToFileURL(found).href : found}`);
    return found;
  };
}

// Later ones warn of `register`, and earlier ones do not have the other.
if (Module.registerHooks === undefined) {
  Module.register(`data:text/javascript,${encodeURIComponent(hooks)}`);
  watchRequire();
} else {
  Module.registerHooks({ resolve });
}
