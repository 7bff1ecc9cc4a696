// Whether a console is the one in which a position was reached: told by the event at that number
// and its time alone.
import { expect, test } from 'vitest';
import { cursorAt, item, never, nowMs, send, sourceOf, startFakeTenant } from './fake-tenant.ts';

const at = (minutes: number) => new Date(nowMs - minutes * 60_000).toISOString();

async function startConsole() {
  const tenant = await startFakeTenant();
  tenant.streams.events.ids = [98, 100, 101];
  tenant.streams.events.itemOf = (id) => item(id, id === 100 ? 5 : 1);
  return tenant;
}

test.each<[string, string, boolean | undefined]>([
  ['the same number with the same time is the same console', cursorAt(100, at(5)), true],
  ['the same number with another time is another', cursorAt(100, at(6)), false],
  ['a number that is not shown says nothing', cursorAt(99, at(5)), undefined],
  ['nor does one beyond all', cursorAt(5000, at(5)), undefined],
  ['nor a position whose time is not known', cursorAt(100), undefined],
  ['nor that of a console without events', cursorAt(0, at(5)), undefined],
])('%s', async (_title, cursor, isSame) => {
  const tenant = await startConsole();
  expect(await sourceOf(tenant).recognises!(cursor, never)).toBe(isSame);
});

test('one request tells, and a position that can tell nothing costs none', async () => {
  const tenant = await startConsole();
  const source = sourceOf(tenant);
  await source.recognises!(cursorAt(100, at(5)), never);
  expect(tenant.asked()).toEqual([99]);
  await source.recognises!(cursorAt(100), never);
  expect(tenant.asked()).toEqual([]);
});

test('each stream is asked for its own number', async () => {
  const tenant = await startConsole();
  const source = sourceOf(tenant, {}, 'deepinstinct_suspicious_events');
  expect(await source.recognises!(cursorAt(100, at(5)), never)).toBe(undefined);
  tenant.streams['suspicious-events'].ids = [100];
  tenant.streams['suspicious-events'].itemOf = (id) => item(id, 5);
  expect(await source.recognises!(cursorAt(100, at(5)), never)).toBe(true);
});

test('suspicious events that are switched off say nothing, and a refused key is an error', async () => {
  const tenant = await startConsole();
  tenant.streams['suspicious-events'].disabled = true;
  const suspicious = sourceOf(tenant, {}, 'deepinstinct_suspicious_events');
  expect(await suspicious.recognises!(cursorAt(100, at(5)), never)).toBe(undefined);
  tenant.answering((_request, response) => send(response, 401, '{}'));
  const refused = sourceOf(tenant).recognises!(cursorAt(100, at(5)), never);
  await expect(refused).rejects.toMatchObject({ reason: 'auth' });
});
