// A command and a service of different releases: they understand each other, or the command says
// what to do.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConflictError, delivery, NotFoundError } from '../../src/operations/index.ts';
import { askService, isServiceRunning } from '../../src/service/running-service.ts';
import { type DirectoryLock, lockDirectory } from '../../src/store/embedded/directory-lock.ts';
import { ann } from '../operations/acting.ts';

let directory: string;
let lock: DirectoryLock;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-ask-'));
  lock = await lockDirectory(directory);
});
afterEach(async () => {
  await lock.release();
  rmSync(directory, { recursive: true, force: true });
});

const input = { sink: 'soc', limit: 5 };
const actor = { ...ann, name: 'ann of Köln' };
const list = () => askService(directory, delivery.list, { input, actor });
const otherRelease = 'It is of another release than this command: restart it with this one.';
const row = {
  ...{ eventId: '1', sink: 'soc', state: 'dead', reason: 'rejected', attempts: 2, form: 'bare' },
  ...{ route: null, digestId: null, silenceId: null, remoteId: null },
  ...{ scheduledAt: '2026-02-01T11:00:00.000Z', finalizedAt: '2026-02-01T12:00:00.000Z' },
  ...{ lastStatus: null, lastAnswer: null, severity: 'CRITICAL', type: 'A', device: null },
  ...{ itemId: null, receivedAt: '2026-02-01T10:00:00.000Z' },
};
const page = { items: [row], next: null, searchedTo: null };

test('the input goes as JSON, and the answer of a newer release is read without what is unknown here', async () => {
  lock.serve(async (request) => {
    expect([request.method, new URL(request.url).pathname]).toEqual([
      'POST',
      '/operations/delivery-list',
    ]);
    expect(request.headers.get('tocsin-actor')).toBe('ann%20of%20K%C3%B6ln');
    expect(await request.json()).toEqual({ sink: 'soc', limit: 5 });
    return Response.json({ ...page, items: [{ ...row, newer: 'x' }] });
  });
  expect(await list()).toEqual(page);
});

test.each([
  [
    'that lacks a field',
    JSON.stringify({ ...page, items: [{ ...row, eventId: undefined }] }),
    'the answer of delivery-list has another form: items.0.eventId is not right',
  ],
  ['of another type', '[]', 'the answer of delivery-list has another form: it is not right'],
  ['that is no JSON', '<html>', 'its answer is no JSON.'],
])('an answer %s is never taken for one', async (_, body, words) => {
  lock.serve(async () => new Response(body));
  const refused = list();
  await expect(refused).rejects.toThrow(`the running service is not understood: ${words}`);
  await expect(refused).rejects.toThrow(otherRelease);
});

test('input that this release cannot take is refused here, as no fault of the service', async () => {
  lock.serve(async () => new Response('', { status: 400 }));
  const wrong = { input: { limit: 0 }, actor };
  const refused = askService(directory, delivery.list, wrong);
  await expect(refused).rejects.toThrow('delivery-list cannot take this input: limit is not right');
  await expect(refused).rejects.toMatchObject({ name: 'FormError' });
});

test.each([
  [400, 'delivery-list cannot take this input: it has "limit"', otherRelease],
  [404, 'No such operation.', otherRelease],
  [500, 'The service could not answer.', 'Try again in a moment.'],
  [503, 'The service is starting or stopping.', 'Try again in a moment.'],
])('to %i the command adds what to do', async (status, body, remedy) => {
  lock.serve(async () => new Response(body, { status }));
  await expect(list()).rejects.toThrow(`the running service answered ${status}: ${body} ${remedy}`);
});

test.each([
  [409, ConflictError],
  [410, NotFoundError],
])('what the operation refuses with %i is its own sentence', async (status, Refusal) => {
  lock.serve(async () => new Response('There is no sink "sco".', { status }));
  await expect(list()).rejects.toThrow(new Refusal('There is no sink "sco".'));
  await expect(list()).rejects.toBeInstanceOf(Refusal);
});

test('what it answers does nothing to a terminal', async () => {
  lock.serve(async () => new Response('\u001B[2Jgone\nok', { status: 500 }));
  await expect(list()).rejects.toThrow('answered 500: \\u{1B}[2Jgone⏎ok Try again');
});

test('where no service runs, that is said', async () => {
  expect(await isServiceRunning(directory)).toBe(true);
  await lock.release();
  expect(await isServiceRunning(directory)).toBe(false);
  await expect(list()).rejects.toThrow('the running service has stopped meanwhile. Try again.');
});
