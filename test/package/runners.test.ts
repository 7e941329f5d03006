// In each runner of tests and each runtime, all that is loaded late is loaded.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startClouds, type Clouds } from './rows/cloud.ts';
import { packagesOf, runners, runtimes } from './rows/rows.ts';
import { placeOf, resultOfProgram, resultOfRunner, runRow, WORKS } from './rows/run-row.ts';

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds();
});
afterAll(async () => {
  await clouds[Symbol.asyncDispose]();
});

describe('The packed tarball works', () => {
  test.each(runners)('in $name', async (row) => {
    using place = placeOf(row, packagesOf(row));
    expect(await resultOfRunner(place, row, clouds.env)).toEqual(WORKS);
  });

  // The SDK has another transport for them.
  test.each(runners.filter(({ name }) => name.endsWith('as it comes')))(
    "in $name, with another cloud's token for Google",
    async (row) => {
      using place = placeOf(row, packagesOf(row));
      const env = { ...clouds.env, GOOGLE_APPLICATION_CREDENTIALS: clouds.federationFile };
      expect(await resultOfRunner(place, row, env)).toEqual(WORKS);
    },
  );

  test.each(runtimes)('in $name', async (row) => {
    using place = placeOf(row, packagesOf(row));
    expect(resultOfProgram(await runRow(place, row, clouds.env))).toEqual(WORKS);
  });
});
