// The body of a pushed request is read up to its limit, whatever its sender says.
import { expect, test } from 'vitest';
import { readBody } from '../../../src/http/hooks/body.ts';

const streamed = (pull: (controller: ReadableStreamDefaultController<Uint8Array>) => void) =>
  new Request('http://hooks.example/', {
    ...{ method: 'POST', duplex: 'half' },
    body: new ReadableStream<Uint8Array>({ pull }),
  } as RequestInit);
const whole = (body: string, headers: Record<string, string> = {}) =>
  new Request('http://hooks.example/', { method: 'POST', body, headers });

test('one that fits comes whole', async () => {
  expect(Buffer.from((await readBody(whole('12345'), 5)) as Uint8Array).toString()).toBe('12345');
  expect(await readBody(new Request('http://hooks.example/'), 5)).toHaveLength(0);
});

test('one byte more is too large, said or not', async () => {
  expect(await readBody(whole('123456'), 5)).toBe('too_large');
  expect(await readBody(whole('1', { 'content-length': '100000000' }), 5)).toBe('too_large');
});

test('one without an end is given up at the limit', async () => {
  let sent = 0;
  const endless = streamed((controller) => {
    sent += 1;
    controller.enqueue(new Uint8Array(1000));
  });
  expect(await readBody(endless, 10_000)).toBe('too_large');
  expect(sent).toBeLessThan(20);
});

test('one that breaks off is broken', async () => {
  const broken = streamed((controller) => controller.error(new Error('reset')));
  expect(await readBody(broken, 10)).toBe('broken');
});
