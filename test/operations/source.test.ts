// How far a source was read: listed whole, and changed by its id.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { PollSource } from '../../src/kit/source.ts';
import { ConflictError, NotFoundError, perform, source } from '../../src/operations/index.ts';
import { listAudit } from '../../src/store/audit.ts';
import { useDatabase } from '../store/stored.ts';
import { contextOn } from './acting.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();

beforeEach(async () => {
  const former = { generation: 1, names: [{ source: 'older', generation: 1, until: 4 }] };
  await db().$client`
    insert into cursors (source, cursor, console, former)
    values ('di', '17', 'https://a.example', ${JSON.stringify(former)}::text::jsonb), ('new', null, null, null)`;
});

test('the list has every fact, the former names of a source as well', async () => {
  expect(await overTheWire(db(), source.list, {})).toMatchObject([
    {
      ...{ source: 'di', cursor: '17', generation: 1, console: 'https://a.example' },
      former: { generation: 1, names: [{ source: 'older', generation: 1, until: 4 }] },
    },
    { source: 'new', cursor: null, console: null, former: null },
  ]);
});

describe('a reset', () => {
  test('starts a new generation, and says what that means', async () => {
    const answer = await overTheWire(db(), source.reset, { source: 'di', confirm: 'di' });
    expect(answer).toMatchObject({ isDone: true, cursor: '17', generation: 2 });
    expect(answer.meaning).toContain('START_FROM');
    const others = { source: 'nobody', confirm: 'nobody', console: 'https://b.example' };
    expect((await overTheWire(db(), source.reset, others)).generation).toBe(1);
  });

  test('needs the id a second time, but not to be shown', async () => {
    for (const confirm of [undefined, '', 'new'])
      await expect(
        perform(source.reset, contextOn(db()), { source: 'di', confirm }),
      ).rejects.toThrow('Give the id of the source again as "confirm": "di".');
    const shown = await perform(source.reset, contextOn(db()), { source: 'di', dryRun: true });
    expect(shown).toMatchObject({ isDone: false, cursor: '17', generation: 2 });
    expect(await overTheWire(db(), source.list, {})).toMatchObject([{ generation: 1 }, {}]);
    expect(await listAudit(db(), { limit: 1 })).toEqual([]);
  });

  test('of what was never read is not possible, unless it is configured', async () => {
    const input = { source: 'a', confirm: 'a' };
    const refused = perform(source.reset, contextOn(db()), input);
    await expect(refused).rejects.toBeInstanceOf(NotFoundError);
    const farEnds = {
      testSink: async () => false,
      source: () => ({ console: 'https://console.example' }) as PollSource,
      originOf: () => undefined,
    };
    expect(await perform(source.reset, contextOn(db(), { farEnds }), input)).toMatchObject({
      ...{ isDone: true, cursor: null, generation: 1 },
    });
  });
});

describe('a pause', () => {
  const input = { source: 'di', reason: 'the console is rebuilt', for: '1d' };

  test('begins, ends, is noted, and takes effect in this process at once', async () => {
    const changed = vi.fn();
    const context = contextOn(db(), { controls: { changed } });
    const { pause } = await perform(source.pause, context, input);
    expect(pause).toMatchObject({ by: 'ann', reason: 'the console is rebuilt' });
    const { ended } = await perform(source.resume, context, { source: 'di' });
    expect(ended).toEqual(pause);
    expect(changed).toHaveBeenCalledTimes(2);
    expect(await listAudit(db(), { limit: 9 })).toMatchObject([
      { operation: 'source-resume', target: 'source:di', before: JSON.stringify({ pause }) },
      { operation: 'source-pause', target: 'source:di' },
    ]);
  });

  test('of a source that is configured, but was never read, is possible', async () => {
    expect((await perform(source.pause, contextOn(db()), { ...input, source: 'a' })).source).toBe(
      'a',
    );
    const refused = perform(source.pause, contextOn(db()), { ...input, source: 'nobody' });
    await expect(refused).rejects.toThrow(/No source is called "nobody"; there is a, di, new/);
  });

  test('is in the way of a poll, which is asked for otherwise', async () => {
    const changed = vi.fn();
    const context = contextOn(db(), { controls: { changed } });
    const { askedAt } = await perform(source.poll, context, { source: 'di' });
    expect(Date.now() - Date.parse(askedAt)).toBeLessThan(60_000);
    expect(changed).toHaveBeenCalledOnce();
    await perform(source.pause, context, input);
    const refused = perform(source.poll, context, { source: 'di' });
    await expect(refused).rejects.toBeInstanceOf(ConflictError);
    await expect(perform(source.poll, context, { source: 'di' })).rejects.toThrow(
      /paused by ann until .* Resume it/,
    );
  });
});

test('rename, adopt and remove say whether there was anything to act on', async () => {
  expect(
    await overTheWire(db(), source.rename, { source: 'di', to: 'renamed', console: null }),
  ).toBe('done');
  expect(await overTheWire(db(), source.rename, { source: 'di', to: 'again' })).toBe('lost');
  expect(
    await overTheWire(db(), source.adopt, { source: 'renamed', console: 'https://c.example' }),
  ).toBe(true);
  expect(
    await overTheWire(db(), source.adopt, { source: 'nobody', console: 'https://c.example' }),
  ).toBe(false);
  expect(await overTheWire(db(), source.remove, { source: 'renamed' })).toBe(true);
  expect(await overTheWire(db(), source.remove, { source: 'nobody' })).toBe(false);
});

test('a source without a name is refused', () => {
  expect(source.reset.input.safeParse({ source: '' }).success).toBe(false);
});
