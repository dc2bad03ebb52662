import { afterEach, expect, it, vi } from 'vitest';
import { RemoteTarget } from '../../../../src/io/source/remote-target.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

/** Answers in turn; returns the addresses and headers that were asked for. */
function stubFetch(...answers: [status: number, headers: Record<string, string>][]) {
  const asked: { url: string; headers: Record<string, string> }[] = [];
  vi.stubGlobal('fetch', async (url: URL, { headers }: { headers: Record<string, string> }) => {
    asked.push({ url: url.href, headers });
    const [status, own] = answers[Math.min(asked.length, answers.length) - 1] ?? [500, {}];
    return new Response(null, { status, headers: own });
  });
  return asked;
}

const request = () =>
  ({ method: 'GET', headers: { range: 'bytes=0-9' }, signal: new AbortController().signal }) as const;

function stubCredentials() {
  for (const name of [
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_S3',
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_SESSION_TOKEN',
  ])
    vi.stubEnv(name, '');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
}

it('an object of Amazon is asked for where its bucket is, signed for that region, and there from then on', async () => {
  stubCredentials();
  const asked = stubFetch([301, { 'x-amz-bucket-region': 'eu-west-1' }], [206, {}]);
  const target = new RemoteTarget('s3://slides/a.svs');
  expect((await target.send(request())).status).toBe(206);
  await target.send(request());
  expect(asked.map(({ url }) => url)).toEqual([
    'https://slides.s3.us-east-1.amazonaws.com/a.svs',
    'https://slides.s3.eu-west-1.amazonaws.com/a.svs',
    'https://slides.s3.eu-west-1.amazonaws.com/a.svs',
  ]);
  expect(asked.map(({ headers }) => /\/(\w+-\w+-\d)\/s3\//.exec(headers['authorization'] ?? '')?.[1])).toEqual([
    'us-east-1',
    'eu-west-1',
    'eu-west-1',
  ]);
});

it('a region that would lead to another host is not believed', async () => {
  stubCredentials();
  const asked = stubFetch([403, { 'x-amz-bucket-region': 'evil.example/' }]);
  expect((await new RemoteTarget('s3://slides/a.svs').send(request())).status).toBe(403);
  expect(asked.length).toBe(1);
});

it('no signature and no token goes to another host, and no request from https to http', async () => {
  stubCredentials();
  vi.stubEnv('AWS_SESSION_TOKEN', 'token');
  const asked = stubFetch([307, { location: 'https://other.example/a.svs' }], [206, {}]);
  await new RemoteTarget('s3://slides/a.svs').send(request());
  expect(asked[0]?.headers['x-amz-security-token']).toBe('token');
  expect(asked[1]).toEqual({ url: 'https://other.example/a.svs', headers: { range: 'bytes=0-9' } });
  stubFetch([302, { location: 'http://slides.example/a.svs' }]);
  await expect(new RemoteTarget('https://slides.example/a.svs').send(request())).rejects.toThrow(/from https to http/);
});

it('requests that are sent side by side to the wrong region all end in the right one', async () => {
  stubCredentials();
  const asked: string[] = [];
  const both = createGate();
  vi.stubGlobal('fetch', async (url: URL) => {
    asked.push(url.host);
    if (url.host.includes('eu-west-1')) return new Response(null, { status: 206 });
    // Both are under way before the first answer comes.
    if (asked.length === 2) both.open();
    await both.opened;
    return new Response(null, { status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } });
  });
  const target = new RemoteTarget('s3://slides/a.svs');
  const answers = await Promise.all([target.send(request()), target.send(request())]);
  expect(answers.map(({ status }) => status)).toEqual([206, 206]);
  expect(asked.filter((host) => host.includes('eu-west-1')).length).toBe(2);
});

it.each([400, 403])('requests to an address that has run out (%i) all find the new one, one by one', async (status) => {
  let place = 'https://store.example/one';
  const asked: string[] = [];
  const second = createGate();
  vi.stubGlobal('fetch', async (url: URL) => {
    asked.push(url.href);
    if (url.host === 'slides.example') {
      if (asked.length > 3) second.open();
      return new Response(null, { status: 302, headers: { location: place } });
    }
    if (url.href === place) return new Response(null, { status: 206 });
    // The refusal of the second comes when the first is on its way again.
    if (asked.length === 4) await second.opened;
    return new Response(null, { status });
  });
  const target = new RemoteTarget('https://slides.example/a.svs');
  await target.send(request());
  place = 'https://store.example/two';
  const answers = await Promise.all([target.send(request()), target.send(request())]);
  expect(answers.map((answer) => answer.status)).toEqual([206, 206]);
});

function createGate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
