// The buttons by which people take an incident, put it off, resolve it and open it again.
import { describe, expect, test } from 'vitest';
import { useChat } from './chatting.ts';

const { db, posted, press, tokenOf, audited, onFailure } = useChat();
const stateOf = async () =>
  (await db().$client`select state, by, via, version from incidents`).map((row) => ({ ...row }));

test('whoever acknowledges has it', async () => {
  const event = await posted();
  const { text } = await press({ action: 'acknowledge', event });
  expect(text).toMatch(/^Done\. Acknowledged by `ana` via chat, \d.*, until \d.*\.$/);
  expect(await stateOf()).toEqual([{ state: 'acknowledged', by: 'ana', via: 'chat', version: 1 }]);
  expect(await audited()).toMatchObject([
    { actor: 'ana', via: 'chat', operation: 'incident-acknowledge', target: `event:${event}` },
  ]);
});

test('of a hundred presses at once one person has it, and the others learn who', async () => {
  const event = await posted();
  const token = tokenOf('acknowledge', event);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_none, index) => {
      const [user, name] = index % 2 === 0 ? ['uana', 'ana'] : ['ubob', 'bob'];
      return press({ token, user, name });
    }),
  );
  const [{ by }] = (await stateOf()) as unknown as [{ by: string }];
  const done = answers.filter(({ text }) => text.startsWith('Done.'));
  const told = answers.filter(({ text }) =>
    text.startsWith(`This button has already been used. Acknowledged by \`${by}\` via chat, `),
  );
  expect([done.length, told.length]).toEqual([1, 99]);
  expect(await stateOf()).toEqual([{ state: 'acknowledged', by, via: 'chat', version: 1 }]);
  expect(await audited()).toHaveLength(1);
  expect(onFailure).not.toHaveBeenCalled();
});

test('with buttons of their own, the second learns who was first', async () => {
  const event = await posted();
  await press({ action: 'acknowledge', event });
  const token = tokenOf('acknowledge', event, { now: () => Date.now() - 86_400_000 });
  const { text } = await press({ token, user: 'ubob', name: 'bob' });
  expect(text).toMatch(/^Somebody else has it, so nothing was changed\. Acknowledged by `ana`/);
  expect(await stateOf()).toMatchObject([{ by: 'ana', version: 1 }]);
});

test('a button that changed nothing can be pressed again', async () => {
  const event = await posted();
  await press({ action: 'acknowledge', event });
  const token = tokenOf('acknowledge', event, { now: () => Date.now() - 86_400_000 });
  const bob = { token, user: 'ubob', name: 'bob' };
  await press(bob);
  await press({ action: 'reopen', event });
  expect((await press(bob)).text).toMatch(/^Done\. Acknowledged by `bob`/);
});

test('it is put off for the chosen time, resolved, and opened again', async () => {
  const event = await posted();
  expect((await press({ action: 'snooze', event, value: '4h' })).text).toMatch(
    /^Done\. Snoozed by/,
  );
  expect((await press({ action: 'resolve', event })).text).toMatch(/^Done\. Resolved by `ana`/);
  expect((await press({ action: 'reopen', event })).text).toMatch(/^Done\. Open again since/);
  expect(await stateOf()).toMatchObject([{ state: 'open', version: 3 }]);
});

test.each([undefined, '', 'x', '99y', '1s'])('it is not put off for %j', async (value) => {
  const event = await posted();
  const { text } = await press({ action: 'snooze', event, ...(value !== undefined && { value }) });
  expect(text).toMatch(/^(Say for how long|Nothing was done: `?"for" is no time)/);
  expect(await stateOf()).toEqual([]);
});

test.each(['acknowledge', 'resolve', 'snooze', 'reopen'] as const)(
  'whoever may only look does not %s',
  async (action) => {
    const event = await posted();
    const { text } = await press({ action, event, value: '4h', user: 'ureader', name: 'reader' });
    expect(text).toMatch(/^You may look but not act/);
    expect(await stateOf()).toEqual([]);
  },
);

const acts = ['acknowledge', 'resolve', 'snooze', 'reopen', 'escalate'] as const;
const old = { now: () => Date.now() - 9 * 86_400_000 };
const nobody = { people: 'members' as const, isMember: async () => false };

describe.each(acts)('to %s', (action) => {
  test.each([
    ['forged', { token: 'a.b' }, 'Tocsin did not make this button'],
    ['of another sink', { of: { sink: 'other' } }, 'Tocsin did not make this button'],
    ['expired', { of: old }, 'This button is more than a week old'],
    ['in another message', { post: 'p9' }, 'This is not the message'],
    ['by a stranger', { user: 'umallory', name: 'mallory' }, 'Tocsin does not know you'],
    ['by nobody of the channel', { settings: nobody }, 'Nothing was done: only members'],
    ['by who may only look', { user: 'ureader', name: 'reader' }, 'You may look but not act'],
  ])('by a button that is %s changes nothing', async (_what, given, words) => {
    const event = await posted();
    const { of, ...more } = given as typeof given & { readonly of?: object };
    const token = of === undefined ? {} : { token: tokenOf(action, event, of) };
    const { text } = await press({ action, event, value: '4h', ...token, ...more });
    expect(text).toContain(words);
    expect([await stateOf(), await audited()]).toEqual([[], []]);
  });
});

test.each(['acknowledge', 'resolve', 'snooze'] as const)(
  'a press to %s that is replayed changes nothing, also after it was reopened',
  async (action) => {
    const event = await posted();
    const replayed = { event, value: '4h', token: tokenOf(action, event) };
    await press(replayed);
    await press({ event, action: 'reopen' });
    for (const user of ['uana', 'ubob'])
      expect((await press({ ...replayed, user })).text).toMatch(
        /^This button has already been used/,
      );
    expect(await stateOf()).toMatchObject([{ state: 'open', version: 2 }]);
  },
);

test('whoever has it learns that they must reopen it before it is escalated', async () => {
  const event = await posted({}, { escalation: { route: 'all', afterMs: 900_000 } });
  await press({ event, action: 'acknowledge' });
  const asked = { event, action: 'escalate' as const };
  expect((await press(asked)).text).toMatch(/^You have it yourself, .* reopen it first\. Ack/);
  const bob = { ...asked, user: 'ubob', name: 'bob' };
  expect((await press(bob)).text).toMatch(/^Somebody else has it/);
});
