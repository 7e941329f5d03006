// The result of verify: verdicts, counts and the exit code.

import type {
  ImageStatus,
  VerifiedImage,
  VerifyReport,
  VerifyWarning,
} from '../../../registry/verify/verify-report.ts';
import { EXIT, type ExitCode } from '../../context.ts';
import type { BrokenFile } from '../../inputs/verify-inputs.ts';

/** The report, and the files that could not be read for it. */
export interface VerifyOutcome {
  readonly report: VerifyReport;
  readonly broken: readonly BrokenFile[];
}

/** Whether an image can be pulled. `never`: its pull policy is Never, so that it must be on the node. */
export type Verdict = 'pullable' | 'failed' | 'unknown' | 'never';

export interface VerifyCounts extends Readonly<Record<Verdict, number>> {
  readonly images: number;
  readonly warnings: number;
  readonly broken: number;
}

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

/** The name of an image in reports; a rejected pod may have none. */
export function imageName({ image }: Pick<VerifiedImage, 'image'>): string {
  return image === '' ? '(no image)' : image;
}

/** All warnings, with their images. */
export function warningsOf({ images, warnings }: VerifyReport): readonly ImageWarning[] {
  return [
    ...images.flatMap((image) => image.warnings.map((warning) => ({ image, warning }))),
    ...warnings.map((warning) => ({ image: undefined, warning })),
  ];
}

export interface ImageWarning {
  /** `undefined` for a warning about a file or registry. */
  readonly image: VerifyReport['images'][number] | undefined;
  readonly warning: VerifyWarning;
}

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

/** A known failure comes before what is unknown. */
export function exitCodeOf(counts: VerifyCounts, isStrict: boolean): ExitCode {
  const { failed, broken, unknown, never, warnings } = counts;
  if (failed + broken > 0 || (isStrict && warnings > 0)) return EXIT.found;
  return unknown + never > 0 ? EXIT.unknown : EXIT.ok;
}
