// Which texts are dates to Go's YAML. Source: go.yaml.in/yaml/v2 v2.4.4 resolve.go, parseTimestamp, and Go 1.26
// time.Parse.

const DATE = String.raw`(\d{4})-(\d{1,2})-(\d{1,2})`;
const TIME = String.raw`(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?`;
const TIMESTAMP = new RegExp(
  String.raw`^${DATE}(?:[Tt]${TIME}(?:Z|[+-](\d{2}):(\d{2}))| ${TIME})?$`,
);

/** Whether a text is a date, or a date and time. */
export function parseTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  if (match === null) return false;
  const [year, month, day, ...rest] = match.slice(1).map((part) => Number(part ?? 0));
  const [hour, minute, second, zoneHour, zoneMinute, ...local] = rest;
  const isDay = isBetween(month, 1, 12) && isBetween(day, 1, daysOf(Number(year), Number(month)));
  const isZone = isBetween(zoneHour, 0, 24) && isBetween(zoneMinute, 0, 60);
  return isDay && isZone && isTime([hour, minute, second]) && isTime(local);
}

function isTime([hour, minute, second]: readonly (number | undefined)[]): boolean {
  return isBetween(hour, 0, 23) && isBetween(minute, 0, 59) && isBetween(second, 0, 59);
}

function isBetween(value: number | undefined, min: number, max: number): boolean {
  return Number(value) >= min && Number(value) <= max;
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
