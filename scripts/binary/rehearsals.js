// Makes what V8 compiles of the scripts: each program does its work once, against the fake clouds of docker-keyring/testing,
// so that no start of the executable has to compile what every start runs.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleFakes, bundleRehearsal } from './scripts.js';

const ECR_IMAGE = '123456789012.dkr.ecr.us-west-2.amazonaws.com/app';
const AUTHS = JSON.stringify({ auths: { 'r.example.com': { username: 'u', password: 'p' } } });

/** Writes the compiled scripts beside the scripts. */
export async function rehearse(folder, node) {
  writeFileSync(join(folder, 'rehearse.cjs'), await bundleRehearsal());
  writeFileSync(join(folder, 'fakes.mjs'), await bundleFakes());
  writeFileSync(join(folder, 'config.json'), AUTHS);
  mkdirSync(join(folder, 'home'));
  const run = (args, input, env = {}) => play({ folder, node, args, input, env });
  const { startFakeCloud } = await import(pathToFileURL(join(folder, 'fakes.mjs')).href);
  // One cloud, one request after the other: V8 numbers functions in the order in which it compiles them.
  const cloud = await startFakeCloud({ machine: 'aws' });
  await run(['plugin', '--provider=ecr', '--no-cache'], request(ECR_IMAGE), cloud.env);
  await cloud.close();
  await run(['plugin', '--provider=config:config.json'], request('r.example.com/app'));
  const stored = { ServerURL: 'r.example.com', Username: 'u', Secret: 'p' };
  await run(['docker-credential-keyring', 'store'], JSON.stringify(stored));
  await run(['docker-credential-keyring', 'get'], 'r.example.com');
  await run(['docker-keyring', 'lookup', 'r.example.com/app', '--docker-config=config.json']);
  await run(['azure']);
  await run(['google']);
}

function request(image) {
  const apiVersion = 'credentialprovider.kubelet.k8s.io/v1';
  return JSON.stringify({ kind: 'CredentialProviderRequest', apiVersion, image });
}

/** The environment is the same wherever it is built. */
function play({ folder, node, args: [name, ...args], input = '', env }) {
  const HOME = join(folder, 'home');
  const child = spawn(node, ['--predictable', 'rehearse.cjs', name, ...args], {
    cwd: folder,
    // One thread: files are read in one order.
    env: { PATH: process.env.PATH, HOME, UV_THREADPOOL_SIZE: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the rehearsal of ${name} ${args.join(' ')} failed: ${said}`));
    });
  });
}
