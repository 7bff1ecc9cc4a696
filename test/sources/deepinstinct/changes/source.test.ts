// The source of changes against a simulated tenant, over hours of a clock that the test moves: what
// becomes a change and what does not, and what the console may do wrong.
import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../../../src/kit/errors.ts';
import { beginMs, minuteMs, never, startStage } from './stage.ts';

const dayMs = 1440 * minuteMs;

describe('what happens at the console later', () => {
  test('becomes a change of the same subject, with what changed from what to what', async () => {
    const stage = await startStage();
    const { tenant, clock } = stage;
    const [closed, recurred, deleted] = stage.bring('events', 3, { severity: 'HIGH' });
    const [script] = stage.bring('suspicious', 1);
    tenant.change('events', deleted!, { last_action: 'QUARANTINE_FAILED' });
    await stage.run(10);
    const [first] = stage.changes;
    expect(first).toMatchObject({
      ...{ subject: `event/${deleted}`, stream: 'change', severity: 4, status: 'OPEN' },
      body: {
        itemId: String(deleted),
        lastAction: 'QUARANTINE_FAILED',
        change: { source: 'soc-events', externalId: String(deleted) },
      },
    });
    const before = stage.said.length;
    const time = new Date(clock.nowMs).toISOString();
    tenant.closeItem('events', closed!, { comment: 'a false alarm' });
    tenant.recur('events', recurred!, 3);
    tenant.change('events', deleted!, { last_action: 'DELETE_SUCCESS', file_status: 'UPLOADED' });
    tenant.closeItem('suspicious', script!);
    await stage.run(15);
    expect(stage.said.slice(before).toSorted()).toEqual([
      `event/${closed} closeTrigger: null -> CLOSED_BY_ADMIN`,
      `event/${closed} closedAt: null -> ${time}`,
      `event/${closed} comment: null -> a false alarm`,
      `event/${closed} status: OPEN -> CLOSED`,
      expect.stringMatching(`^event/${recurred} lastSeenAt: .* -> ${time}$`),
      `event/${recurred} recurrence: 1 -> 4`,
      `event/${deleted} fileStatus: NOT_UPLOADED -> UPLOADED`,
      `event/${deleted} lastAction: QUARANTINE_FAILED -> DELETE_SUCCESS`,
      `suspicious/${script} closeTrigger: null -> CLOSED_BY_ADMIN`,
      `suspicious/${script} closedAt: null -> ${time}`,
      `suspicious/${script} status: OPEN -> CLOSED`,
    ]);
    const meanings = stage.changes.map(({ body }) => body.change!);
    expect(meanings.map(({ closing }) => closing).filter(Boolean)).toEqual(['closed', 'closed']);
    expect(meanings.map(({ seenAgain }) => seenAgain).filter(Boolean)).toEqual([3]);
    expect(stage.failures).toEqual([]);
  });

  test('is reported once, however often it is read, and by whichever process', async () => {
    const stage = await startStage();
    const [id] = stage.bring('events', 1);
    stage.tenant.closeItem('events', id!);
    await stage.run(30);
    const said = stage.said.length;
    expect(said).toBe(3);
    for (let restarts = 0; restarts < 3; restarts += 1) {
      stage.restart();
      await stage.run(20);
    }
    // Another process that knows no cursor reads the same.
    stage.cursor = null;
    stage.restart();
    await stage.run(20);
    expect(stage.said).toHaveLength(said);
  });

  test('back and forth is a change each time', async () => {
    const stage = await startStage();
    const [id] = stage.bring('events', 1);
    const { tenant } = stage;
    for (const act of [tenant.closeItem, tenant.reopenItem, tenant.closeItem, tenant.reopenItem]) {
      act('events', id!);
      await stage.run(30);
    }
    const words = stage.changes.map(({ body }) => body.change!.closing);
    expect(words).toEqual(['closed', 'reopened', 'closed', 'reopened']);
    expect(new Set(stage.changes.map(({ externalId }) => externalId)).size).toBe(4);
  });

  test('to what was never stored, or came before what is followed, is left alone', async () => {
    const stage = await startStage({ watch_for: '1d' });
    const [old] = stage.bring('events', 1);
    stage.clock.nowMs += 2 * dayMs;
    const [unknown] = stage.tenant.add('events', 1);
    stage.tenant.closeItem('events', old!);
    stage.tenant.closeItem('events', unknown!);
    await stage.run(60);
    expect(stage.changes).toEqual([]);
    expect(stage.source.takeFigures!().watched).toBe(0);
    // Once the ordinary source has brought it, it is known as it is.
    stage.keep('events', [unknown!]);
    await stage.run(20);
    stage.tenant.reopenItem('events', unknown!);
    await stage.run(30);
    expect(stage.changes.map(({ subject }) => subject)).toEqual([`event/${unknown}`]);
  });

  test('is no change where a clock was set and nothing else is new', async () => {
    const stage = await startStage();
    const [id, other] = stage.bring('events', 2);
    const { tenant } = stage;
    tenant.closeItem('events', other!);
    await stage.run(20);
    const said = stage.said.length;
    tenant.change('events', id!, { last_reoccurrence: '2026-03-05T09:00:00.000000Z' });
    tenant.change('events', other!, { close_timestamp: '2026-03-05 07:10:00+07:00' });
    await stage.run(60);
    expect(stage.said).toHaveLength(said);
  });

  test('is seen also of what was changed while nothing followed it', async () => {
    const stage = await startStage();
    const [closed, , silenced] = stage.bring('events', 3);
    stage.clock.nowMs += 3 * dayMs;
    stage.tenant.closeItem('events', closed!);
    stage.tenant.change('events', silenced!, { comment: 'looked at' });
    stage.clock.nowMs += dayMs;
    await stage.run(30);
    expect(new Set(stage.changes.map(({ subject }) => subject))).toEqual(
      new Set([`event/${closed}`, `event/${silenced}`]),
    );
  });

  test('is asked for of the chosen streams alone', async () => {
    const stage = await startStage({ streams: ['suspicious'] });
    const [event] = stage.bring('events', 1);
    const [script] = stage.bring('suspicious', 1);
    stage.tenant.closeItem('events', event!);
    stage.tenant.closeItem('suspicious', script!);
    await stage.run(20);
    expect(stage.changes.map(({ subject }) => subject)).toEqual([`suspicious/${script}`]);
    expect(stage.tenant.requests.events).toBe(0);
  });
});

describe('the budget', () => {
  test('is kept over hours with 1,000 open items, and nothing is missed within the stated time', async () => {
    const stage = await startStage();
    const { tenant, clock } = stage;
    const ids = stage.bring('events', 700);
    const scripts = stage.bring('suspicious', 300);
    await stage.run(60);
    expect(stage.source.takeFigures!().watched).toBe(1000);
    const changedAt = new Map<string, number>();
    const lags: Record<'swept' | 'read', number[]> = { swept: [], read: [] };
    let seen = 0;
    let next = 0;
    const look = () => {
      for (const { subject, body } of stage.changes.slice(seen)) {
        const lag = clock.nowMs - changedAt.get(subject)!;
        const isSwept = body.change!.fields.some(({ name }) => /status|recurrence/.test(name));
        lags[isSwept ? 'swept' : 'read'].push(lag);
      }
      seen = stage.changes.length;
    };
    await stage.run(150, () => {
      look();
      // For 100 minutes, one item changes in each, in turn by each of four ways.
      const due = Math.floor((clock.nowMs - beginMs) / minuteMs) - 60;
      for (; next < Math.min(due, 100); next += 1) {
        const [name, number] =
          next % 3 === 2
            ? (['suspicious', scripts[2 * next]!] as const)
            : (['events', ids[6 * next]!] as const);
        if (next % 4 === 0) tenant.closeItem(name, number);
        else if (next % 4 === 1) tenant.recur(name, number);
        else if (next % 4 === 2) tenant.change(name, number, { comment: `look ${next}` });
        else tenant.change(name, number, { last_action: `DELETE_FAILED` });
        changedAt.set(`${name === 'events' ? 'event' : name}/${number}`, clock.nowMs);
      }
    });
    look();
    expect(stage.busiestMinute).toBeLessThanOrEqual(6);
    expect(new Set(stage.changes.map(({ subject }) => subject))).toEqual(new Set(changedAt.keys()));
    expect(Math.max(...lags.swept) / minuteMs).toBeLessThanOrEqual(5);
    expect(Math.max(...lags.read) / minuteMs).toBeLessThanOrEqual(30);
    expect(stage.failures).toEqual([]);
  }, 300_000);

  test.each([1, 2, 30])('of %i a minute is never passed, also across restarts', async (budget) => {
    const stage = await startStage({ budget });
    stage.bring('events', 200);
    let polls = 0;
    await stage.run(60, () => {
      polls += 1;
      if (polls % 7 === 0) stage.restart();
    });
    expect(stage.busiestMinute).toBeLessThanOrEqual(budget);
    expect(stage.tenant.requests.log.length).toBeGreaterThan(Math.min(budget, 3) * 20);
  });

  test('is kept while everything fails, and the failure stays one', async () => {
    const stage = await startStage();
    stage.bring('events', 10);
    stage.tenant.fail('both', 500, Number.POSITIVE_INFINITY);
    await stage.run(30);
    expect(stage.busiestMinute).toBe(6);
    const outcomes = await Promise.all([stage.poll(), stage.poll()]);
    expect(outcomes).toEqual([undefined, undefined]);
    expect(stage.failures.at(-1)).toMatchObject({ outcome: 'retry', status: 500 });
  });

  test('idle, it asks little of the console', async () => {
    const stage = await startStage();
    await stage.run(24 * 60);
    const aMinute = stage.tenant.requests.log.length / (24 * 60);
    expect(aMinute).toBeLessThan(2.3);
  });
});

describe('a console that', () => {
  test('ignores the filter is said to, and changes are found by reading open items again', async () => {
    const stage = await startStage();
    const ids = stage.bring('events', 120);
    stage.tenant.fail('both', 'unfiltered', Number.POSITIVE_INFINITY);
    stage.tenant.closeItem('events', ids[3]!);
    stage.tenant.recur('events', ids[70]!);
    await stage.run(60);
    expect(new Set(stage.changes.map(({ subject }) => subject))).toEqual(
      new Set([`event/${ids[3]}`, `event/${ids[70]}`]),
    );
    const messages = stage.failures.map(({ message }) => message);
    expect(messages[0]).toContain('the server ignored the filter of a search for what was');
    // Each kind of search once an hour.
    expect(messages.length).toBeLessThanOrEqual(12);
  });

  test('knows no search is read by its list', async () => {
    const stage = await startStage();
    const ids = stage.bring('events', 60);
    const isSearch = (): boolean => stage.tenant.requests.log.at(-1)?.method === 'POST';
    stage.tenant.fail('both', 404, Number.POSITIVE_INFINITY, isSearch);
    stage.tenant.change('events', ids[55]!, { comment: 'seen' });
    stage.tenant.closeItem('events', ids[2]!);
    await stage.run(60);
    expect(new Set(stage.changes.map(({ subject }) => subject))).toEqual(
      new Set([`event/${ids[55]}`, `event/${ids[2]}`]),
    );
    expect(stage.failures[0]).toMatchObject({ reason: 'bad_config', status: 404 });
  });

  test.each([
    ['fails', 500],
    ['gives half an answer', 'half_json'],
    ['breaks off', 'cut_body'],
    ['shows a page of a portal', 'html'],
    ['leaves out the cursor', 'same_page'],
  ] as const)('%s for a while loses nothing', async (_, fault) => {
    const stage = await startStage();
    const ids = stage.bring('events', 60);
    await stage.run(10);
    stage.tenant.fail('both', fault, 40);
    stage.tenant.closeItem('events', ids[30]!);
    stage.tenant.change('events', ids[58]!, { comment: 'seen' });
    await stage.run(60);
    expect(new Set(stage.changes.map(({ subject }) => subject))).toEqual(
      new Set([`event/${ids[30]}`, `event/${ids[58]}`]),
    );
  });

  test('takes the key back is refused as for every other source', async () => {
    const stage = await startStage();
    stage.bring('events', 5);
    stage.tenant.renewToken();
    await stage.run(5);
    expect(stage.failures.length).toBeGreaterThan(1);
    for (const failure of stage.failures)
      expect(failure).toMatchObject({ reason: 'auth', status: 401 });
  });

  test('has no suspicious events is read for the others', async () => {
    const stage = await startStage();
    const [id] = stage.bring('events', 1);
    stage.bring('suspicious', 3);
    stage.tenant.fail('suspicious', 'disabled', Number.POSITIVE_INFINITY);
    stage.tenant.closeItem('events', id!);
    await stage.run(180);
    expect(stage.changes).toHaveLength(1);
    expect(stage.failures).toEqual([]);
    expect(stage.tenant.requests.suspicious).toBeLessThanOrEqual(4);
  });

  test('has nothing but suspicious events that are switched off says so', async () => {
    const stage = await startStage({ streams: ['suspicious'] });
    stage.tenant.fail('suspicious', 'disabled', Number.POSITIVE_INFINITY);
    expect(await stage.poll()).toMatchObject({ events: [], facts: { disabled: true } });
  });

  test('has lost items, or hides them in its archive, is asked for them by number, and seldom', async () => {
    const stage = await startStage();
    const ids = stage.bring('events', 10);
    await stage.run(10);
    stage.tenant.remove('events', ids[2]!);
    stage.tenant.archive('events', ids[4]!);
    stage.tenant.change('events', ids[4]!, { comment: 'put away' });
    const before = stage.tenant.requests.other;
    await stage.run(12 * 60);
    expect(stage.changes.map(({ subject }) => subject)).toEqual([`event/${ids[4]}`]);
    expect(stage.tenant.requests.other - before).toBeLessThan(100);
    expect(stage.failures).toEqual([]);
  });

  test('was rebuilt says nothing of the items that had the numbers before', async () => {
    const stage = await startStage();
    stage.bring('events', 30);
    await stage.run(10);
    stage.tenant.rebuild('events');
    stage.tenant.add('events', 30);
    for (const id of stage.tenant.ids('events')) stage.tenant.closeItem('events', id);
    await stage.run(120);
    expect(stage.changes).toEqual([]);
  });

  test('gives garbage among the items is read for the rest', async () => {
    const stage = await startStage();
    const ids = stage.bring('events', 3);
    stage.tenant.fail('both', 'garbage_item', Number.POSITIVE_INFINITY);
    stage.tenant.change('events', ids[1]!, { comment: 'seen' });
    await stage.run(60);
    expect(stage.said).toEqual([`event/${ids[1]} comment: null -> seen`]);
  });

  test('answers a question for one item with a fault is asked again', async () => {
    const stage = await startStage();
    const ids = stage.bring('events', 3);
    await stage.run(10);
    stage.tenant.archive('events', ids[1]!);
    stage.tenant.change('events', ids[1]!, { comment: 'seen' });
    stage.tenant.failItem('events', 500, 2);
    stage.tenant.failItem('events', 'half_json', 1);
    stage.tenant.failItem('events', 'reset', 1);
    await stage.run(60);
    expect(stage.said).toEqual([`event/${ids[1]} comment: null -> seen`]);
    expect(stage.failures).toHaveLength(4);
  });
});

describe('our own clock', () => {
  test.each([
    ['forward', 30 * 60],
    ['back', -26 * 60],
  ])('that leaps %s loses nothing, repeats nothing and keeps the budget', async (_, minutes) => {
    const stage = await startStage();
    const ids = stage.bring('events', 20);
    stage.tenant.closeItem('events', ids[0]!);
    await stage.run(30);
    const said = stage.said.length;
    stage.clock.nowMs += minutes * minuteMs;
    stage.tenant.closeItem('events', ids[5]!);
    stage.tenant.change('events', ids[9]!, { comment: 'seen' });
    const from = stage.tenant.requests.log.length;
    await stage.run(30);
    expect(new Set(stage.changes.slice(1).map(({ subject }) => subject))).toEqual(
      new Set([`event/${ids[5]}`, `event/${ids[9]}`]),
    );
    expect(stage.said).toHaveLength(said + 4);
    expect(stage.tenant.requests.log.length - from).toBeLessThanOrEqual(31 * 6);
  });

  test('hours before that of the console misses no closing', async () => {
    const stage = await startStage();
    const ids = stage.bring('events', 3);
    const close = (id: number, minutes: number) =>
      stage.tenant.change('events', id, {
        status: 'CLOSED',
        close_timestamp: new Date(stage.clock.nowMs + minutes * minuteMs).toISOString(),
      });
    close(ids[0]!, -180);
    await stage.run(10);
    close(ids[1]!, -180);
    await stage.run(10);
    close(ids[2]!, -180);
    await stage.run(15);
    expect(stage.changes).toHaveLength(3);
  });
});

describe('the store', () => {
  test('that fails is no fault of the console, and the poll ends with its error', async () => {
    const stage = await startStage();
    stage.bring('events', 1);
    const failure = new Error('the database is away');
    stage.ledger.failure = failure;
    await expect(stage.source.poll(null, never)).rejects.toBe(failure);
    expect(stage.tenant.requests.log).toEqual([]);
  });

  test('that did not take a page gets its changes again', async () => {
    const stage = await startStage();
    const [id] = stage.bring('events', 1);
    stage.tenant.change('events', id!, { comment: 'seen' });
    let lost = 0;
    for (let polls = 0; polls < 200 && lost === 0; polls += 1) {
      const page = await stage.source.poll(stage.cursor, never);
      lost = page.events.length;
      if (lost === 0) stage.cursor = page.cursor ?? stage.cursor;
      stage.clock.nowMs += page.waitMs ?? 1000;
    }
    stage.source.notStored!();
    await stage.run(30);
    expect(stage.changes).toHaveLength(1);
  });

  test('without which nothing is known is asked for nothing by a check', async () => {
    const stage = await startStage();
    expect(await stage.source.check!(never)).toBeUndefined();
    stage.tenant.fail('suspicious', 'disabled');
    expect(await stage.source.check!(never)).toBeUndefined();
    stage.tenant.renewToken();
    await expect(stage.source.check!(never)).rejects.toThrow(AdapterError);
  });
});
