// The mark of a database that was moved: whoever would open it is told where it is.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  assertNotMoved,
  dropMove,
  lookForMove,
  type Move,
  readMove,
  writeMove,
} from '../../../src/store/embedded/moved.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tocsin-moved-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const move: Move = { id: 'a1', state: 'done', address: 'db:5432', at: '2026-11-20T12:00:00.000Z' };

test('there is none at first, and it is read as it was written', async () => {
  expect(await readMove(dataDir)).toBeUndefined();
  await assertNotMoved(dataDir);
  await writeMove(dataDir, move);
  expect(await readMove(dataDir)).toEqual(move);
  await dropMove(dataDir);
  await dropMove(dataDir);
  await assertNotMoved(dataDir);
});

test('a database that was moved is refused, with the place and the way back', async () => {
  await writeMove(dataDir, move);
  await expect(assertNotMoved(dataDir)).rejects.toThrow(
    /was moved to db:5432 at 2026-11-20.*Set DATABASE_URL.*tocsin move --back/,
  );
  expect(await lookForMove(dataDir), 'nothing to warn of beside Postgres').toEqual({});
});

test('one whose move was interrupted is refused too, and a service elsewhere warns of it', async () => {
  await writeMove(dataDir, { ...move, state: 'begun' });
  await expect(assertNotMoved(dataDir)).rejects.toThrow(/interrupted.*Run `tocsin move`/);
  expect((await lookForMove(dataDir))?.warning).toContain('interrupted');
});

test.each(['', '{}', '{"state":"else"}'])('a damaged mark (%s) is no permission', async (text) => {
  await writeFile(join(dataDir, 'moved'), text);
  await expect(assertNotMoved(dataDir)).rejects.toThrow('its file "moved" is damaged');
  expect((await lookForMove(dataDir))?.warning).toContain('damaged');
});
