// What a provider has given away as secrets, so that its own messages can be shown without them.

/** Older ones are forgotten: tokens that were replaced this often have ended. */
const MAX_SECRETS = 32;
/** Longer texts are cut: a message is a sentence or two, a stack some more. */
const MAX_TEXT = 4000;
/** Part of a secret is secret too, from this length on. */
const PART = 8;
const REDACTED = '[redacted]';

/** What looks like a secret whether or not it was ever seen. */
const SECRET_SHAPES: readonly RegExp[] = [
  /(?<=\b(?:bearer|basic)\s+)[\w+/=.~-]{6,}/gi,
  /\beyJ[\w-]{8,}(?:\.[\w-]+){0,4}/g,
  /(?<=:\/\/)[^\s/@]+(?=@)/g,
  // What JSON.parse quotes of its text: Unexpected token 'x', ..."word": x"... is not valid JSON.
  /(?<=Unexpected token )[^]*(?= is not valid JSON)/g,
  /(?<=[?&;\s]\w*(?:token|secret|password|passwd|assertion|signature|sig|key)=)[^\s&;"']+/gi,
];

/** A memory of secrets. */
export interface SecretMemory {
  readonly remember: (secret: string | undefined) => void;
  /**
   * A text without the secrets, or parts of eight and more characters of them, as they are or in base64, a URL or JSON.
   * What is longer than 4,000 characters is cut.
   */
  readonly redact: (text: string) => string;
}

/** Makes an empty memory. */
export function createSecretMemory(): SecretMemory {
  const secrets = new Set<string>();
  return {
    remember(secret) {
      if (secret === undefined || secret === '') return;
      secrets.delete(secret);
      secrets.add(secret);
      if (secrets.size > MAX_SECRETS) secrets.delete([...secrets][0] as string);
    },
    redact(text) {
      let shown = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
      for (const secret of secrets) if (secret.length < PART) shown = withoutShort(shown, secret);
      shown = withoutParts(shown, secrets);
      for (const shape of SECRET_SHAPES) shown = shown.replace(shape, REDACTED);
      return shown;
    },
  };
}

/** A secret of a few letters is part of many words. */
function withoutShort(text: string, secret: string): string {
  if (secret.length >= 4) return text.replaceAll(secret, REDACTED);
  const escaped = secret.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return text.replace(new RegExp(`(?<!\\w)${escaped}(?!\\w)`, 'g'), REDACTED);
}

function withoutParts(text: string, secrets: Iterable<string>): string {
  const positions = partsOf(text);
  const isSecret = new Uint8Array(text.length);
  for (const secret of secrets) {
    for (const form of formsOf(secret)) {
      for (let end = PART; end <= form.length; end += 1) {
        const found = positions.get(form.slice(end - PART, end)) ?? [];
        for (const start of found) isSecret.fill(1, start, start + PART);
      }
    }
  }
  let shown = '';
  for (let index = 0; index < text.length; index += 1) {
    if (isSecret[index] === 0) shown += text.charAt(index);
    else if (isSecret[index - 1] !== 1) shown += REDACTED;
  }
  return shown;
}

function partsOf(text: string): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  for (let start = 0; start + PART <= text.length; start += 1) {
    const part = text.slice(start, start + PART);
    const found = positions.get(part);
    if (found === undefined) positions.set(part, [start]);
    else found.push(start);
  }
  return positions;
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  // Behind a user name, base64 may begin at any of three places of a secret.
  const encoded = [0, 1, 2].map((skipped) => {
    const whole = bytes.subarray(skipped, bytes.length - ((bytes.length - skipped) % 3));
    return whole.toString('base64');
  });
  return [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
    ...encoded,
    ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}
