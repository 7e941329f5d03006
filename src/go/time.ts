// Times as Kubernetes reads them, in Go's words for what is wrong. Source: Go 1.26 time/format.go, Parse with RFC3339.

import type { TextShape } from './document/shape.ts';

const LAYOUT = '2006-01-02T15:04:05Z07:00';

/** A time as a string; k8s.io/apimachinery v0.37.2 pkg/apis/meta/v1/time.go. */
export const TIME_SHAPE: TextShape = { kind: 'text', goType: 'string', read: readTime };

/** Reads a time, of which nobody here needs more than that it is one. */
function readTime(text: string): ReturnType<TextShape['read']> {
  const reading: Reading = { text, rest: text, values: [] };
  const problem = ELEMENTS.map((element) => () => readElement(reading, element)).reduce<
    string | undefined
  >((found, read) => found ?? read(), undefined);
  const all = problem ?? readZone(reading) ?? readEnd(reading);
  return all === undefined ? { kind: 'string', text } : { problem: all };
}

interface Reading {
  readonly text: string;
  rest: string;
  /** Year, month, day, hour, minute, second. */
  readonly values: number[];
}

interface Element {
  /** What stands before it. */
  readonly prefix: string;
  /** Its piece of the layout. */
  readonly layout: string;
  readonly pattern: RegExp;
  /** What Go calls it where it is out of its range. */
  readonly name?: string;
  readonly min?: number;
  readonly max?: number;
}

const TWO_DIGITS = /^\d\d/;
const ELEMENTS: readonly Element[] = [
  { prefix: '', layout: '2006', pattern: /^\d{4}/ },
  { prefix: '-', layout: '01', pattern: TWO_DIGITS, name: 'month', min: 1, max: 12 },
  // Its range depends on the month.
  { prefix: '-', layout: '02', pattern: TWO_DIGITS },
  // Go takes one digit too.
  { prefix: 'T', layout: '15', pattern: /^\d\d?/, name: 'hour', max: 23 },
  { prefix: ':', layout: '04', pattern: TWO_DIGITS, name: 'minute', max: 59 },
  { prefix: ':', layout: '05', pattern: TWO_DIGITS, name: 'second', max: 59 },
];

function readElement(reading: Reading, element: Element): string | undefined {
  const { prefix, layout, pattern, name, min = 0, max = Infinity } = element;
  if (!reading.rest.startsWith(prefix)) return cannotParse(reading, prefix);
  reading.rest = reading.rest.slice(prefix.length);
  const [digits] = pattern.exec(reading.rest) ?? [];
  if (digits === undefined) return cannotParse(reading, layout);
  const value = Number(digits);
  if (value < min || value > max) return `${parsing(reading)}: ${name} out of range`;
  reading.values.push(value);
  reading.rest = reading.rest.slice(digits.length);
  return undefined;
}

/** A fraction of a second, and Z or an offset. */
function readZone(reading: Reading): string | undefined {
  const [fraction = ''] = /^[.,]\d+/.exec(reading.rest) ?? [];
  reading.rest = reading.rest.slice(fraction.length);
  if (reading.rest.startsWith('Z')) {
    reading.rest = reading.rest.slice(1);
    return undefined;
  }
  const [offset, hours, minutes] = /^[-+](\d\d):(\d\d)/.exec(reading.rest) ?? [];
  if (offset === undefined) return cannotParse(reading, 'Z07:00');
  if (Number(hours) > 24) return `${parsing(reading)}: time zone offset hour out of range`;
  if (Number(minutes) > 60) return `${parsing(reading)}: time zone offset minute out of range`;
  reading.rest = reading.rest.slice(offset.length);
  return undefined;
}

function readEnd(reading: Reading): string | undefined {
  const { rest, values } = reading;
  if (rest !== '') return `${parsing(reading)}: extra text: ${quoteTime(rest)}`;
  const [year = 0, month = 0, day = 0] = values;
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return day >= 1 && day <= days ? undefined : `${parsing(reading)}: day out of range`;
}

function parsing({ text }: Reading): string {
  return `parsing time ${quoteTime(text)}`;
}

function cannotParse(reading: Reading, layout: string): string {
  const found = quoteTime(reading.rest);
  return `${parsing(reading)} as ${quoteTime(LAYOUT)}: cannot parse ${found} as ${quoteTime(layout)}`;
}

/** time/format.go, quote: bytes beyond ASCII as hexadecimal escapes. */
function quoteTime(text: string): string {
  const escaped = text.replaceAll(/["\\]|[^ -\x7f]/gu, (character) =>
    character === '"' || character === '\\' ? `\\${character}` : hexEscapes(character),
  );
  return `"${escaped}"`;
}

function hexEscapes(character: string): string {
  const bytes = Array.from(Buffer.from(character), (byte) => byte.toString(16).padStart(2, '0'));
  return bytes.map((byte) => String.raw`\x` + byte).join('');
}
