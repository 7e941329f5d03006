// All benchmarks: `npm run bench` (needs Go, and a Debian for its docker-registry). Writes docs/benchmarks.md and names the
// goals that were missed.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { benchImport } from './import.mjs';
import { benchKeyring } from './keyring.mjs';
import { benchPluginStart } from './plugin-start.mjs';
import { benchProviders } from './providers.mjs';
import { benchRegistry } from './registry.mjs';
import { benchSdks } from './sdks.mjs';

const PAGE = new URL('../docs/benchmarks.md', import.meta.url);

const go = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).stdout.trim();
const machine = `${availableParallelism()} × ${cpus()[0].model.trim()}, Node ${process.version}, ${go}`;
const imported = benchImport();
const keyring = await benchKeyring();
const providers = await benchProviders();
const sdks = benchSdks();
const plugin = await benchPluginStart();
const registry = await benchRegistry();
const page = `# Benchmarks

Written by \`npm run bench\` on ${machine}.
The machine does other things too: read the ratios, which were measured with both sides taking turns in one run, and not
the times, each of which is the best of several rounds.

## Lookups and building, beside the kubelet's own code

The kubelet's side is \`BasicDockerKeyring\` of Kubernetes v1.37.2, compiled from its source
([test/conformance/go/bench](../test/conformance/go/bench/main.go)). A lookup includes the parsing of the image's name on
both sides, and the promise on ours. Of the entries, 80 % are plain hosts, 10 % hosts with a path and 10 % wildcards
([bench/corpus.mjs](../bench/corpus.mjs)). Building reads a \`config.json\` from the disk and ends with a keyring that can
answer; memory is what the keyring keeps.

${keyring.markdown}

Goals: a lookup at least 8, 600, 6,000 and 50,000 times as fast at 10, 1,000, 10,000 and 100,000 entries; from the
smallest to the largest it grows at most twice; memory at most twice Go's; building 100,000 entries no slower than Go.
Ten entries take too little memory to be measured this way.

## Providers

An upstream that takes 50 ms stands behind a provider ([bench/providers.mjs](../bench/providers.mjs)). A warm lookup
includes the parsing of the image's name and the promise.

${providers.markdown}

Goals: one upstream call for all cold lookups of a registry, which are answered within 4 times the upstream's time; a
lookup of a cached answer takes at most twice as long as one from a pull secret.

## Starting as a plugin of the kubelet

From the start of a process to its end ([bench/plugin-start.mjs](../bench/plugin-start.mjs)), both sides taking turns.

${plugin.markdown}

${plugin.sizes}

Where the upstream is on the same machine and answers at once, Node's own start alone takes nearly five times as long as the
whole run of the Go plugin: no program of Node comes within five times of it there. A cloud's API takes its time for both.

## Authorization at a registry

Beside go-containerregistry v0.20.6 ([bench/registry-go](../bench/registry-go/main.go)), both as processes of their own, at
the same docker-registry by TLS with the same token server, all on this machine ([bench/registry.mjs](../bench/registry.mjs)).
Requests are those that the registry and the token server have counted.

${registry.markdown}

Cold, each image is authorized anew: a request to the registry, one to its token server, and a HEAD of the manifest, on
both sides. Warm, \`authorize\` returns what the registry accepted before and is still valid, without a request; Go, which
caches tokens, asks for each manifest. The last measure is \`verifyImages\` beside as many goroutines.

The columns of node:https and undici are the floor: the same requests, sent by nothing else
([bench/registry-floor.mjs](../bench/registry-floor.mjs)). The processor time is that of the client alone. The registry needs
about a millisecond for each request and shares the processors with its client, so that on a busy machine the client's
processor time decides. Why node:https is used and not undici: [decision 36](decisions/0036-node-https-not-undici.md).

Goals: no more requests than Go's; warm at most Go's time, the other two at most 1.1 times Go's.

## Importing the package

${imported.markdown}

Goal: at most 1.15 times bare Node, by either. Node's loader of ES modules, which an empty module starts too, is most of what
\`import\` costs.

## The clouds' SDKs

They are optional dependencies, and each is loaded when an image of its cloud is first looked up.

${sdks.markdown}

Goal: under 5 MB without them.
`;
writeFileSync(fileURLToPath(PAGE), page);
console.log(page);
const missed = [
  ...keyring.missed,
  ...providers.missed,
  ...imported.missed,
  ...sdks.missed,
  ...plugin.missed,
  ...registry.missed,
];
for (const goal of missed) console.log(`missed: ${goal}`);
process.exitCode = missed.length === 0 ? 0 : 1;
