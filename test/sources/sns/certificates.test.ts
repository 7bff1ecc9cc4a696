// Certificates are fetched once and believed for a day; what is none is an error that goes away.
import { expect, test } from 'vitest';
import { Certificates } from '../../../src/sources/sns/certificates.ts';
import { adapterContext, adapterError } from '../../contract/adapter-cases.ts';
import { startSns } from './signed.ts';

const day = 24 * 3_600_000;

async function start() {
  const end = await startSns();
  const clock = { ms: Date.now() };
  const certificates = new Certificates({ http: adapterContext().http, now: () => clock.ms });
  return { end, clock, certificates, url: `${end.origin}/a.pem` };
}

test('ten at once cost one fetch, and a day later one more', async () => {
  const { end, clock, certificates, url } = await start();
  const keys = await Promise.all(Array.from({ length: 10 }, () => certificates.keyAt(url)));
  expect(new Set(keys).size).toBe(1);
  await certificates.keyAt(url);
  expect(end.asked).toHaveLength(1);
  clock.ms += day;
  await certificates.keyAt(url);
  expect(end.asked).toHaveLength(2);
});

test.each([
  [500, undefined],
  [403, undefined],
  [302, undefined],
  [200, 'no certificate'],
  [200, 'x'.repeat(100_000)],
])('an answer of %i with %s is an error, and the next try is a new one', async (status, body) => {
  const { end, certificates, url } = await start();
  end.answer = { status, ...(body !== undefined && { body }) };
  expect((await adapterError(certificates.keyAt(url))).outcome).not.toBe('reject_event');
  end.answer = { status: 200 };
  expect((await certificates.keyAt(url)).asymmetricKeyType).toBe('rsa');
});

test('a certificate of another time is none', async () => {
  const { clock, certificates, url } = await start();
  for (const years of [-100, 200]) {
    clock.ms = Date.now() + years * 365 * day;
    expect((await adapterError(certificates.keyAt(url))).reason).toBe('malformed');
  }
});

test('however many addresses there are, few are held', async () => {
  const { end, certificates, url } = await start();
  for (let n = 0; n < 25; n += 1) await certificates.keyAt(`${end.origin}/${n}.pem`);
  await certificates.keyAt(url);

  expect(end.asked).toHaveLength(26);
});
