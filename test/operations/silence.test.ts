// Silences are tried, made, listed, extended and ended as they were asked for; no key of a matcher
// is lost on the way, and of two people who change one the second learns it.
import { describe, expect, test } from 'vitest';
import {
  ConflictError,
  InputError,
  NotFoundError,
  perform,
  silence,
} from '../../src/operations/index.ts';
import { listAudit } from '../../src/store/audit.ts';
import { draft, storePage, useDatabase } from '../store/stored.ts';
import { ann, contextOn } from './acting.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const bob = { ...ann, name: 'bob', role: 'operate' } as const;
const request = {
  matcher: { types: ['A*'], when: 'event.severity < 4' },
  ...{ owner: 'anna', reason: 'patch night', for: '1h' },
};

/** @returns its id and its version */
async function add(more: Partial<typeof request> = {}) {
  const { added } = await overTheWire(db(), silence.add, { silences: [{ ...request, ...more }] });
  return added[0]!.silence;
}
const list = async (input = {}) => (await overTheWire(db(), silence.list, input)).items;
const act = perform<unknown, unknown>;

test('is made, listed, and ended by whoever may, who stands in the log', async () => {
  const { id } = await add();
  expect(await list()).toMatchObject([
    { id, matcher: request.matcher, owner: 'anna', state: 'active', hidden: 0 },
  ]);
  expect(await act(silence.end as never, contextOn(db(), { actor: bob }), { silence: id })).toEqual(
    { ...(await list({ states: ['over'] }))[0] },
  );
  expect(await list()).toEqual([]);
  expect(await list({ states: ['active', 'over'], limit: 5 })).toMatchObject([
    { id, state: 'over' },
  ]);
  const [noted] = await listAudit(db(), { limit: 1 });
  expect(noted).toMatchObject({ actor: 'bob', target: `silence:${id}` });
  expect(JSON.parse(noted!.before!)).toMatchObject({ id, owner: 'anna', state: 'active' });
  expect(JSON.parse(noted!.after!)).toMatchObject({ id, state: 'over' });
});

test('belongs to whoever makes it, if no owner is named', async () => {
  const { owner: _, ...anonymous } = request;
  const input = { silences: [anonymous] };
  await act(silence.add as never, contextOn(db(), { actor: bob }), input);
  expect(await list()).toMatchObject([{ owner: 'bob' }]);
  expect(await list({ owner: 'anna' })).toEqual([]);
});

test('what is wrong with one is told line by line, and nothing is made', async () => {
  const silences = [
    request,
    { ...request, matcher: {} },
    { ...request, reason: ' ', matcher: { sinks: ['sco'], sources: ['b'], types: ['A'] } },
  ];
  await expect(overTheWire(db(), silence.add, { silences })).rejects.toThrow(
    new InputError(
      'silence 2 matches every event. Say what it is about, or that all events are meant.\n' +
        'silence 3 has no reason.\n' +
        'silence 3 names the source "b"; there are: a.\n' +
        'silence 3 names the sink "sco"; there are: soc.',
    ),
  );
  expect(await list({ states: ['over', 'active', 'pending'] })).toEqual([]);
  const all = { silences: [{ ...request, matcher: {} }], isEverythingMeant: true };
  expect((await overTheWire(db(), silence.add, all)).added).toMatchObject([
    { hidesCritical: true, wouldHaveHidden: { looked: 0, hidden: 0 } },
  ]);
});

test('neither more than is allowed nor a time that no clock shows is taken', async () => {
  const far = { ...request, startsAt: '9999-12-31T23:30:00Z' };
  await expect(overTheWire(db(), silence.add, { silences: [far] })).rejects.toThrow(
    'the silence ends after the year 9999.',
  );
  await expect(add({ for: '31d' })).rejects.toThrow('the silence is longer than 720 hours');
});

test.each([
  ['no end', { for: undefined }],
  ['two ends', { endsAt: '2046-01-01T00:00:00Z' }],
  ['a length that is none', { for: 'soon' }],
  ['a local time', { for: undefined, endsAt: '2046-01-01T00:00:00' }],
  ['a matcher that is a list', { matcher: [] }],
])('a request with %s has not the form', (_, more) => {
  expect(silence.add.input.safeParse({ silences: [{ ...request, ...more }] }).success).toBe(false);
});

test('a key that nobody knows reaches the check of the matcher, and widens nothing', async () => {
  const matcher: unknown = JSON.parse('{"types": ["A"], "__proto__": ["B"], "newer": 1}');
  const input = silence.add.input.parse({ silences: [{ ...request, matcher }] });
  expect(Object.keys(input.silences[0]!.matcher)).toEqual(['types', '__proto__', 'newer']);
  await expect(overTheWire(db(), silence.add, input)).rejects.toThrow('__proto__ is not a key');
});

test('a list goes on where its page ended, with the same filters alone', async () => {
  const ids = [await add(), await add(), await add()].map(({ id }) => id);
  const first = await overTheWire(db(), silence.list, { limit: 2 });
  expect(first.items.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
  const cursor = first.next!;
  const rest = await overTheWire(db(), silence.list, { limit: 2, cursor });
  expect([rest.items.map(({ id }) => id), rest.next]).toEqual([[ids[0]], null]);
  await expect(overTheWire(db(), silence.list, { cursor, owner: 'anna' })).rejects.toThrow(
    'This cursor belongs to other filters.',
  );
});

describe('a change', () => {
  test('of the end goes further ahead, and gives another version', async () => {
    const { id, version, endsAt } = await add();
    const longer = await overTheWire(db(), silence.extend, { silence: id, for: '2h', version });
    expect(Date.parse(longer.endsAt) - Date.parse(endsAt)).toBeGreaterThan(3_500_000);
    expect(longer.version).not.toBe(version);
    const until = new Date(Date.now() + 5 * 3_600_000).toISOString();
    const named = await overTheWire(db(), silence.extend, { silence: id, endsAt: until });
    expect(named.endsAt).toBe(until);
  });

  test.each([
    ['to a sooner end', { for: '1m' }, 'already. Name a later time, or end it.'],
    ['by more than is allowed', { for: '31d' }, 'more than 720 hours ahead'],
    ['of another version', { for: '2h', version: 'x' }, 'Somebody has changed silence'],
  ])('%s is refused', async (_, more, words) => {
    const { id } = await add();
    const extend = overTheWire(db(), silence.extend, { silence: id, ...more });
    await expect(extend).rejects.toThrow(ConflictError);
    await expect(extend).rejects.toThrow(words);
  });

  test('to what was changed or ended meanwhile, or belongs to another, is refused', async () => {
    const { id, version } = await add();
    await overTheWire(db(), silence.extend, { silence: id, for: '2h' });
    const end = (more: object) => overTheWire(db(), silence.end, { silence: id, ...more });
    await expect(end({ version })).rejects.toThrow('Somebody has changed silence');
    await expect(end({ owner: 'bob' })).rejects.toThrow(
      new ConflictError(`Silence ${id} is not of this owner, but of "anna".`),
    );
    await end({ owner: 'anna' });
    await expect(end({})).rejects.toThrow(new ConflictError(`Silence ${id} is over already.`));
    await expect(overTheWire(db(), silence.extend, { silence: id, for: '2h' })).rejects.toThrow(
      `Silence ${id} is over. Make a new one.`,
    );
    const unknown = { silence: '4711' };
    await expect(overTheWire(db(), silence.end, unknown)).rejects.toThrow(NotFoundError);
    const longer = overTheWire(db(), silence.extend, { ...unknown, for: '2h' });
    await expect(longer).rejects.toThrow(NotFoundError);
  });
});

describe('before it is made', () => {
  test('it says what it would have hidden, and makes nothing', async () => {
    await storePage(db(), {
      events: [
        draft(1, { type: 'A1', severity: 4 }),
        draft(2, { type: 'A2', severity: 2 }),
        draft(3, { type: 'B', severity: 5 }),
      ],
    });
    const tried = await overTheWire(db(), silence.preview, { matcher: { types: ['A*'] } });
    expect(tried).toMatchObject({
      ...{ looked: 3, isCut: false, hidden: 2, hidesCritical: true, coversEverything: false },
      bySeverity: { UNKNOWN: 0, INFO: 0, LOW: 1, MEDIUM: 0, HIGH: 1, CRITICAL: 0 },
      sample: [
        { type: 'A1', severity: 'HIGH' },
        { type: 'A2', severity: 'LOW' },
      ],
    });
    expect(tried.days).toHaveLength(8);
    const day = await overTheWire(db(), silence.preview, { matcher: {}, days: 1 });
    expect(day).toMatchObject({ hidden: 3, coversEverything: true });
    expect(await list({ states: ['active', 'pending', 'over'] })).toEqual([]);
  });

  test('it says what cannot be meant', async () => {
    const tried = (matcher: object) => overTheWire(db(), silence.preview, { matcher } as never);
    await expect(tried({ when: 'event.typ == "A"' })).rejects.toThrow('there is no field "typ"');
    await expect(tried({ sinks: ['sco'] })).rejects.toThrow(
      'The silence names the sink "sco"; there are: soc.',
    );
  });
});
