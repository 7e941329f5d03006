// Being a plugin that a kubelet starts: one request on standard input, one answer on standard output.
// Source: Kubernetes v1.37.2 pkg/credentialprovider/plugin/plugin.go.

import { orAbort } from '../../util/abort.ts';
import type { ProviderError } from '../../errors.ts';
import { createFleet } from '../../shared-cache/fleet.ts';
import {
  decodePluginRequest,
  encodePluginResponse,
  type PluginResponse,
} from '../../providers/exec/plugin-protocol.ts';
import { messageOf } from '../../providers/asking/failure-of.ts';
import { createSecretMemory, type SecretMemory } from '../../util/redaction/secret-memory.ts';
import { nodeSystem } from '../../system/node-system.ts';
import {
  divertStandardOutput,
  standardStreams,
  type StandardStreams,
} from '../../system/process/standard-streams.ts';
import { writeMessages } from '../write-messages.ts';
import { composeAnswer, MISS, type SourceAnswer } from './plugin-answer.ts';
import { readServeOptions, type Servable, type ServeExecPluginOptions } from './plugin-options.ts';
import {
  pluginSources,
  sourcesFor,
  widestReach,
  type Offer,
  type PluginAsking,
  type PluginSource,
} from './plugin-sources.ts';

/**
 * Serves a provider as an exec plugin of the kubelet: reads one CredentialProviderRequest of any of the API's three
 * versions and answers in the same. Standard output gets the answer and nothing else, standard error one line for each
 * failure, without secrets. That there is nothing for the image is an answer, which the kubelet is told not to keep.
 *
 * The protocol carries one user name and password for each key, so of a keyring's credentials it gets the first of each
 * key, and identity and registry tokens are refused. `cacheDuration` says how long the answer lives, less five minutes
 * for clocks that differ; where nothing is known of that, it is `0s`.
 *
 * @param served - A provider, a set of them such as `execPlugins()`, or a keyring.
 * @returns The exit code, for `process.exitCode`: 0 for an answer, 1 for a failure.
 * @throws TypeError for a wrong option. Nothing else rejects.
 * @example
 * ```ts
 * process.exitCode = await serveExecPlugin(ecr());
 * ```
 */
export async function serveExecPlugin(
  served: Servable,
  options: ServeExecPluginOptions = {},
): Promise<number> {
  const given = readServeOptions(served, options);
  const putBack = given.stdout === undefined ? divertStandardOutput() : () => {};
  return servePlugin([{ served }], given).finally(putBack);
}

/** What only a program of this package gives. */
export interface ServePluginOptions extends ServeExecPluginOptions {
  /** Also for what is said elsewhere. */
  readonly secrets?: SecretMemory | undefined;
}

/** As {@link serveExecPlugin}, of several sources: those that are for the image are asked, and their answers merged. */
export async function servePlugin(
  offers: readonly Offer[],
  options: ServePluginOptions,
): Promise<number> {
  const { system = nodeSystem, secrets = createSecretMemory(), sharedCache } = options;
  const streams: StandardStreams = { ...standardStreams(), ...givenStreams(options) };
  const fleet = sharedCache && createFleet({ system, ...sharedCache });
  const signal = options.signal ?? new AbortController().signal;
  const exitCode = await answerOnce(offers, streams, { system, signal, fleet, secrets });
  fleet?.close();
  return exitCode;
}

async function answerOnce(
  offers: readonly Offer[],
  { stdin, stdout, stderr }: StandardStreams,
  { secrets, ...world }: PluginWorld,
): Promise<number> {
  try {
    const text = await readInput(stdin, world.signal);
    const { apiVersion, ...request } = decodePluginRequest(text, PLUGIN);
    secrets.remember(request.serviceAccountToken);
    const sources = await pluginSources(offers, world.signal);
    const { response, complaints } = await answerOf(sources, { ...world, request, secrets });
    await writeMessages(stderr, ...complaints);
    if (response === undefined) return FAILED;
    await stdout.write(encodePluginResponse(apiVersion, response));
    return 0;
  } catch (error) {
    await writeMessages(stderr, secrets.redact(messageOf(error)));
    return FAILED;
  }
}

type PluginWorld = Pick<PluginAsking, 'system' | 'signal' | 'fleet'> & {
  readonly secrets: SecretMemory;
};

const PLUGIN = 'docker-keyring';
const FAILED = 1;

function givenStreams({ stdin, stdout, stderr }: ServeExecPluginOptions): Partial<StandardStreams> {
  return {
    ...(stdin && { stdin }),
    ...(stdout && { stdout }),
    ...(stderr && { stderr }),
  };
}

interface Outcome {
  readonly response: PluginResponse | undefined;
  /** One for each failure. */
  readonly complaints: readonly string[];
}

/** A source that fails takes nothing from the others, but what they answer is then not all there is, and not kept. */
async function answerOf(sources: readonly PluginSource[], asking: PluginAsking): Promise<Outcome> {
  const { request, signal } = asking;
  const asked = sourcesFor(sources, request.image);
  const outcomes = await Promise.allSettled(asked.map(async (source) => source.ask(asking)));
  signal.throwIfAborted();
  const answers: SourceAnswer[] = [];
  const answered: PluginSource[] = [];
  const complaints: string[] = [];
  for (const [index, source] of asked.entries()) {
    const outcome = outcomes[index] as PromiseSettledResult<SourceAnswer | undefined>;
    if (outcome.status === 'rejected') {
      complaints.push((outcome.reason as ProviderError).message);
    } else if (outcome.value !== undefined) {
      answers.push(outcome.value);
      answered.push(source);
    }
  }
  const { response, refusedKeys } = composeAnswer(answers, widestReach(sources, answered));
  complaints.push(...refusedKeys.map((key) => refusal(key)));
  if (complaints.length === 0) return { response, complaints };
  return {
    response: response === MISS ? undefined : { ...response, cacheDurationMs: 0 },
    complaints,
  };
}

function refusal(key: string): string {
  return (
    `the credential for ${JSON.stringify(key)} is an identity or registry token, which the kubelet's plugin API has no ` +
    'field for: give it a user name and a password or access token'
  );
}

/** Larger requests are refused: a token and annotations are a few KiB, and the API server takes objects of 1.5 MiB. */
const MAX_REQUEST_BYTES: number = 2 * 1024 * 1024;

/**
 * Reads everything up to the end.
 *
 * @throws the signal's reason, and an error where there is too much.
 */
async function readInput(
  stdin: AsyncIterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<string> {
  return orAbort(signal, readAll(stdin));
}

async function readAll(stdin: AsyncIterable<string | Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const text of stdin) {
    const chunk = Buffer.from(text as string);
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) {
      throw new Error(`the request is larger than ${MAX_REQUEST_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
