// How tests ask a fake of Google: as anybody would, without following redirects.

/** What it answered. */
export interface FakeAnswer {
  readonly status: number;
  readonly flavor: string | null;
  readonly body: string;
}

export async function askFake(url: string, init: RequestInit = {}): Promise<FakeAnswer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const flavor = response.headers.get('metadata-flavor');
  return { status: response.status, flavor, body: await response.text() };
}
