// docker-keyring doctor: checks this machine's credential sources.

import { worstStatus, type Check, type MachineDiagnosis } from '../../doctor/check.ts';
import { diagnoseMachine } from '../../doctor/diagnose-machine.ts';
import { EXIT, print, type CliContext, type ExitCode } from '../context.ts';
import { jsonText } from '../render/inert.ts';
import { readKeyringInputs, type InputOptions } from '../inputs/keyring-inputs.ts';
import { renderDoctor } from '../render/doctor.ts';
import { styleOf } from '../render/style.ts';
import { VERSION } from '../version.ts';

export interface DoctorOptions extends InputOptions {
  readonly output: 'text' | 'json';
}

/** Checks the machine, and looks up the images, if any. */
export async function doctorCommand(
  context: CliContext,
  given: readonly string[],
  options: DoctorOptions,
): Promise<ExitCode> {
  const broken: Check[] = [];
  const { keyring, lookup, podImages } = await readKeyringInputs(context, options, {
    onBrokenProvider: (provider, message) => {
      const hint = 'correct it: until then the provider cannot be used';
      const subject = 'configuration';
      broken.push({ area: 'provider', provider, subject, status: 'failure', message, hint });
    },
  });
  const images = given.length > 0 ? given : podImages;
  const { checks, images: resolved } = await diagnoseMachine(keyring, images, lookup);
  const diagnosis: MachineDiagnosis = {
    checks: [programCheck(context), ...checks, ...broken],
    images: resolved,
  };
  const status = worstStatus([...diagnosis.checks, ...diagnosis.images]);
  if (options.output === 'json') context.stdout.write(jsonText({ status, ...diagnosis }));
  else print(context, renderDoctor(diagnosis, { style: styleOf(context), system: context.system }));
  return status === 'failure' ? EXIT.found : EXIT.ok;
}

function programCheck({ nodeVersion, system }: CliContext): Check {
  const message = `version ${VERSION}, on Node.js ${nodeVersion.replace(/^v/, '')}, ${system.platform}`;
  return { area: 'machine', subject: 'docker-keyring', status: 'ok', message };
}
