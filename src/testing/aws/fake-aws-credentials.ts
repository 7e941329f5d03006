// The keys that the fakes of AWS know, and what they answer to a request that they refuse.

import type { FakeReply } from '../fake-request.ts';

/** An access key that fakes accept. Fakes that share one list of these accept what the fake STS among them issues. */
export interface FakeAwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Must come with every request where it is set. */
  readonly sessionToken?: string;
  /** After this requests are refused as expired. */
  readonly expiration?: Date;
  /**
   * Whose key it is, as AWS says in messages.
   *
   * @defaultValue `'arn:aws:iam::123456789012:user/example'`
   */
  readonly arn?: string;
}

/** The key that a fake knows where it was given none. */
export const EXAMPLE_AWS_CREDENTIALS: FakeAwsCredentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

/** Those of a role, as metadata services give them: with a session token, without which no SDK takes them from there. */
export const EXAMPLE_ROLE_CREDENTIALS: FakeAwsCredentials = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjEXAMPLETOKEN',
};

/** An error of AWS: its name and its message. */
export interface AwsRefusal {
  readonly code: string;
  readonly message: string;
}

/** Whose key it is. */
export function arnOf({
  arn = 'arn:aws:iam::123456789012:user/example',
}: FakeAwsCredentials): string {
  return arn;
}

/** An error as services with JSON answer it. */
export function jsonError({ code, message }: AwsRefusal, status = 400): FakeReply {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ __type: code, message }),
  };
}
