// Reports of verify, written by hand.

import picocolors from 'picocolors';
import type { VerifyView } from '../../../../src/cli/render/verify/reasons.ts';
import type { VerifyOutcome } from '../../../../src/cli/render/verify/outcome.ts';
import type {
  ImageUse,
  VerifiedCandidate,
  VerifiedImage,
  VerifyReport,
} from '../../../../src/registry/verify/verify-report.ts';

/** Without colours, and without an end of lines unless one is given. */
export function viewOf(
  width: number = Number.POSITIVE_INFINITY,
  colours: boolean = false,
): VerifyView {
  return {
    style: { colors: picocolors.createColors(colours), width },
    system: { workingDirectory: () => '/cwd', homeDirectory: () => '/home/user' },
  };
}

export const robot: VerifiedCandidate = {
  position: 1,
  source: { kind: 'pull-secret', namespace: 'shop', name: 'regcred' },
  key: 'r.test/shop',
  username: 'robot',
  outcome: 'accepted',
  message: 'accepted',
};

export const refusedAda: VerifiedCandidate = {
  position: 2,
  source: { kind: 'docker-config', path: '/home/user/.docker/config.json' },
  key: 'r.test',
  username: 'ada',
  outcome: 'refused',
  status: 401,
  message: '401 (unauthorized: authentication required)',
};

export function pullable(image: string, parts: Partial<VerifiedImage> = {}): VerifiedImage {
  return {
    image,
    status: 'pullable',
    message: 'it can be pulled',
    registry: 'r.test',
    candidates: [robot],
    accepted: robot,
    usedBy: [],
    warnings: [],
    ...parts,
  };
}

export function refused(image: string, parts: Partial<VerifiedImage> = {}): VerifiedImage {
  return {
    image,
    status: 'refused',
    message: 'the registry refused both credentials',
    hint: 'make a new password',
    registry: 'r.test',
    candidates: [{ ...robot, outcome: 'refused', message: '401' }, refusedAda],
    usedBy: [],
    warnings: [],
    ...parts,
  };
}

export function unreachable(image: string, registry = 'down.test'): VerifiedImage {
  return {
    image,
    status: 'unreachable',
    message: 'the registry did not answer (ECONNREFUSED)',
    registry,
    candidates: [],
    usedBy: [],
    warnings: [],
  };
}

export function malformed(image: string): VerifiedImage {
  return {
    image,
    status: 'invalid-name',
    message: 'the repository name must be lower case',
    candidates: [],
    usedBy: [],
    warnings: [],
  };
}

export function podRefused(image: string, parts: Partial<VerifiedImage> = {}): VerifiedImage {
  return {
    image,
    status: 'pod-refused',
    message: 'the API server refuses the pod: spec.containers: Required value',
    hint: 'correct the manifest: no node gets such a pod',
    candidates: [],
    usedBy: [],
    warnings: [],
    ...parts,
  };
}

export function neverPulled(image: string, parts: Partial<VerifiedImage> = {}): VerifiedImage {
  return {
    image,
    status: 'never-pulled',
    message: 'its pull policy is Never',
    hint: 'load it onto every node',
    registry: 'r.test',
    candidates: [],
    usedBy: [],
    warnings: [],
    ...parts,
  };
}

export function use(name: string, place: Pick<ImageUse, 'path' | 'line'> = {}): ImageUse {
  return { kind: 'Deployment', namespace: 'shop', name, part: `container ${name}`, ...place };
}

export function outcomeOf(
  images: readonly VerifiedImage[],
  { broken = [], ...parts }: Partial<VerifyReport & VerifyOutcome> = {},
): VerifyOutcome {
  const ok = images.every(({ status }) => status === 'pullable');
  return { report: { ok, images, warnings: [], registries: [], ...parts }, broken };
}
