// Tokens that say when they end.

const part = (document: object): string =>
  Buffer.from(JSON.stringify(document)).toString('base64url');

/** A JWT, as Azure's registries take it. */
export function jwt(end: Date): string {
  return `${part({ alg: 'RS256' })}.${part({ exp: end.getTime() / 1000 })}.signature`;
}

/** What `aws ecr get-login-password` prints. */
export function ecrToken(end: Date): string {
  const expiration = end.getTime() / 1000;
  const token = {
    payload: 'canary',
    datakey: 'AQEBAHh',
    version: '2',
    type: 'DATA_KEY',
    expiration,
  };
  return Buffer.from(JSON.stringify(token)).toString('base64');
}
