// What verify found, counted.

import type {
  ImageStatus,
  VerifiedImage,
  VerifyReport,
  VerifyWarning,
} from '../../../registry/verify/verify-report.ts';
import { EXIT, type ExitCode } from '../../context.ts';

/** A file of manifests that cannot be read. */
export interface BrokenFile {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** What is wrong, as a phrase. */
  readonly reason: string;
}

/** The report, and what could not be read for it. */
export interface VerifyOutcome {
  readonly report: VerifyReport;
  readonly broken: readonly BrokenFile[];
}

/** What it means for whoever wants to pull; `never` is for what only the node knows. */
export type Verdict = 'pullable' | 'failed' | 'unknown' | 'never';

/** How many of each. */
export interface VerifyCounts extends Readonly<Record<Verdict, number>> {
  readonly images: number;
  readonly warnings: number;
  readonly broken: number;
}

/** Whether it is good, bad, or not known. */
export function verdictOn(status: ImageStatus): Verdict {
  return VERDICTS[status];
}

const VERDICTS: Readonly<Record<ImageStatus, Verdict>> = {
  pullable: 'pullable',
  refused: 'failed',
  'not-found': 'failed',
  'invalid-name': 'failed',
  unsupported: 'failed',
  'pod-refused': 'failed',
  unreachable: 'unknown',
  'never-pulled': 'never',
};

/** The image as it is called in reports; a pod that is refused may name none. */
export function imageName({ image }: Pick<VerifiedImage, 'image'>): string {
  return image === '' ? '(no image)' : image;
}

/** Every warning with the image that it is about, where it is about one. */
export function warningsOf({ images, warnings }: VerifyReport): readonly ImageWarning[] {
  return [
    ...images.flatMap((image) => image.warnings.map((warning) => ({ image, warning }))),
    ...warnings.map((warning) => ({ image: undefined, warning })),
  ];
}

/** A warning, and what it is about. */
export interface ImageWarning {
  readonly image: VerifyReport['images'][number] | undefined;
  readonly warning: VerifyWarning;
}

/** Counts. */
export function countOutcome({ report, broken }: VerifyOutcome): VerifyCounts {
  const verdicts = report.images.map(({ status }) => verdictOn(status));
  const amount = (wanted: Verdict): number => verdicts.filter((one) => one === wanted).length;
  return {
    images: verdicts.length,
    pullable: amount('pullable'),
    failed: amount('failed'),
    unknown: amount('unknown'),
    never: amount('never'),
    warnings: warningsOf(report).length,
    broken: broken.length,
  };
}

/** What is known to be wrong counts more than what is not known. */
export function exitCodeOf(counts: VerifyCounts, isStrict: boolean): ExitCode {
  const { failed, broken, unknown, never, warnings } = counts;
  if (failed + broken > 0 || (isStrict && warnings > 0)) return EXIT.found;
  return unknown + never > 0 ? EXIT.unknown : EXIT.ok;
}
