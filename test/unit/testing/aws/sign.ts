// A signer that is not the AWS SDK's, for requests that the SDK would not make.

import { createHash, createHmac } from 'node:crypto';
import { EXAMPLE_AWS_CREDENTIALS } from '../../../../src/testing/aws/fake-aws-credentials.ts';

export interface Unsigned {
  readonly host: string;
  readonly path: string;
  readonly body: string;
  readonly service: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As it is signed: sorted, encoded. */
  readonly query?: string;
  readonly date?: Date;
  readonly region?: string;
  readonly secretAccessKey?: string;
  /** Headers to leave out of what is signed. */
  readonly unsigned?: readonly string[];
  readonly scopeDate?: string;
}

/** The headers of a signed POST. */
export function sign(request: Unsigned): Record<string, string> {
  const { date = new Date(), region = 'us-west-2', unsigned = [] } = request;
  const time = date.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.host,
    'x-amz-date': time,
  };
  const names = Object.keys(headers).filter((name) => !unsigned.includes(name));
  const signedHeaders = names.toSorted().join(';');
  const canonical = [
    'POST',
    request.path,
    request.query ?? '',
    ...names.toSorted().map((name) => `${name}:${headers[name]}`),
    '',
    signedHeaders,
    sha256(request.body),
  ].join('\n');
  const scope = [request.scopeDate ?? time.slice(0, 8), region, request.service, 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const secret = request.secretAccessKey ?? EXAMPLE_AWS_CREDENTIALS.secretAccessKey;
  let key = Buffer.from(`AWS4${secret}`);
  for (const part of scope) key = createHmac('sha256', key).update(part).digest();
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const credential = [EXAMPLE_AWS_CREDENTIALS.accessKeyId, ...scope].join('/');
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return headers;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
