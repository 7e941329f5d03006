// Whether this machine is on Google Cloud, at the cost of at most one request that is bounded and remembered.

import { abortable } from '../../../util/abort.ts';
import type { System } from '../../../system/system.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import {
  askMetadata,
  isMetadataAnswer,
  metadataHostVariable,
  metadataUrl,
  type MetadataSystem,
} from './metadata-server.ts';

export type CloudSystem = MetadataSystem & Pick<System, 'readFile' | 'monotonicMs'>;

interface CloudDetection {
  readonly isGoogleCloud: boolean;
  /** The reason, as a phrase. */
  readonly how: string;
}

interface DetectOptions {
  /** Whether a request may be made where neither the environment nor the firmware decide. */
  readonly mayProbe: boolean;
  readonly signal: AbortSignal;
}

/** Finds out, and remembers the result of a request. */
export type DetectGoogleCloud = (options: DetectOptions) => Promise<CloudDetection>;

/** Kubernetes up to v1.26, pkg/credentialprovider/gcp/metadata.go, `gceProductNameFile`. */
const PRODUCT_NAME_FILE = '/sys/class/dmi/id/product_name';
const PRODUCT_NAMES = new Set(['Google', 'Google Compute Engine']);
const PROBE_MS = 1000;
const REMEMBER_ABSENCE_MS = 5 * 60_000;
const MODES = ['assume-present', 'none', 'bios-only', 'ping-only'] as const;

/** A request that was made, or is under way. */
interface Probe {
  readonly result: Promise<CloudDetection>;
  /** On the monotonic clock; infinite while the answer is yes or not known yet. */
  goodUntilMs: number;
}

/** Makes a detector with a memory of its own. */
export function createCloudDetector(system: CloudSystem): DetectGoogleCloud {
  let last: Probe | undefined;

  function probe(): Promise<CloudDetection> {
    if (last === undefined || system.monotonicMs() >= last.goodUntilMs) {
      last = startProbe(system);
    }
    return last.result;
  }

  return async ({ mayProbe, signal }) => {
    const mode = detectionMode(system);
    const detection = detectByEnvironment(system, mode);
    if (detection !== undefined) return detection;
    const isFirmwareAsked = mode !== 'ping-only';
    if (isFirmwareAsked && (await isGoogleFirmware(system, signal))) {
      return { isGoogleCloud: true, how: `${PRODUCT_NAME_FILE} says so` };
    }
    if (mode === 'bios-only') {
      return { isGoogleCloud: false, how: `${PRODUCT_NAME_FILE} does not say so` };
    }
    if (!mayProbe) {
      return {
        isGoogleCloud: false,
        how: 'the firmware does not say so, and nothing else was asked',
      };
    }
    // Callers share the request: the signal of one of them ends only that caller's waiting.
    return abortable([signal], probe);
  };
}

/** As Google's gcp-metadata reads METADATA_SERVER_DETECTION. */
function detectionMode(system: Pick<System, 'env'>): (typeof MODES)[number] | undefined {
  const given = (system.env('METADATA_SERVER_DETECTION') ?? '').trim().toLowerCase();
  if (given === '') return undefined;
  const mode = MODES.find((one) => one === given);
  if (mode === undefined) {
    throw new ProviderFailure(`METADATA_SERVER_DETECTION must be one of ${MODES.join(', ')}`);
  }
  return mode;
}

function detectByEnvironment(
  system: Pick<System, 'env'>,
  mode: (typeof MODES)[number] | undefined,
): CloudDetection | undefined {
  if (mode === 'none' || mode === 'assume-present') {
    const isGoogleCloud = mode === 'assume-present';
    return { isGoogleCloud, how: `METADATA_SERVER_DETECTION is ${mode}` };
  }
  const variable = metadataHostVariable(system);
  return variable === undefined ? undefined : { isGoogleCloud: true, how: `${variable} is set` };
}

async function isGoogleFirmware(
  system: Pick<System, 'readFile'>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const file = await system.readFile(PRODUCT_NAME_FILE, { maxBytes: 1024, signal });
    const name = file === undefined ? '' : new TextDecoder().decode(file.bytes).trim();
    return PRODUCT_NAMES.has(name);
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

function startProbe(system: CloudSystem): Probe {
  const probe = { result: probeAndRemember(), goodUntilMs: Infinity };
  return probe;

  async function probeAndRemember(): Promise<CloudDetection> {
    const detection = await probeOnce(system);
    if (!detection.isGoogleCloud) probe.goodUntilMs = system.monotonicMs() + REMEMBER_ABSENCE_MS;
    return detection;
  }
}

async function probeOnce(system: MetadataSystem): Promise<CloudDetection> {
  const where = metadataUrl(system);
  try {
    const isGoogleCloud = isMetadataAnswer(await askMetadata(system, '/', { timeoutMs: PROBE_MS }));
    const how = isGoogleCloud
      ? `the metadata server ${where} answers`
      : `what answers at ${where} is not Google's metadata server`;
    return { isGoogleCloud, how };
  } catch {
    return { isGoogleCloud: false, how: `no metadata server answers at ${where}` };
  }
}
