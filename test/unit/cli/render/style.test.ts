import { expect, test } from '@jest/globals';
import { hasColors, widthOf } from '../../../../src/cli/render/style.ts';

const output = (isTTY: boolean, columns?: number) => ({ write: () => {}, isTTY, columns });
const world = (variables: Readonly<Record<string, string>>) => ({
  env: (name: string) => variables[name],
});

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { TERM: 'dumb' }, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: 'false' }, false],
  [false, { FORCE_COLOR: '' }, false],
  [true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
])('On a terminal: %j, with %j, colours are %j', (isTTY, variables, expected) => {
  expect(hasColors(output(isTTY), world(variables))).toBe(expected);
});

test.each([
  [true, 100, {}, 100],
  [true, undefined, {}, 80],
  [true, 0, {}, 80],
  [true, 300, {}, 120],
  [true, 10, {}, 40],
  [false, undefined, {}, Number.POSITIVE_INFINITY],
  [false, undefined, { COLUMNS: '72' }, 72],
  [true, 100, { COLUMNS: '72' }, 72],
  [true, 100, { COLUMNS: 'wide' }, 100],
])(
  'On a terminal: %j, of %j columns, with %j, lines end at %j',
  (isTTY, columns, variables, expected) => {
    expect(widthOf(output(isTTY, columns), world(variables))).toBe(expected);
  },
);
