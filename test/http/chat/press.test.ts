// Which presses of a button count: those of buttons that Tocsin made, in the message that it
// posted, by people whom it knows, and each once where it changes something.
import { describe, expect, test, vi } from 'vitest';
import type { DueEdit } from '../../../src/kit/records/edit.ts';
import { storeStep } from '../../support/changed.ts';
import { useChat } from './chatting.ts';

const { db, posted, press, tokenOf, audited, onFailure } = useChat();

const body = { device: { id: '7', name: 'PC-1' }, file: { name: 'a.exe', hash: 'ABC' } };
const silences = async () =>
  (await db().$client`select count(*)::integer as count from silences`)[0];

test('a press is answered to whoever pressed, and a look changes nothing', async () => {
  const event = await posted({ body });
  const { status, text } = await press({ action: 'why', event });
  expect([status, text]).toEqual([200, expect.stringContaining('The route `all` sent it here.')]);
  expect(await audited()).toEqual([]);
  expect((await press({ action: 'why', event })).text).toBe(text);
});

test.each([
  ['nothing', ''],
  ['another text', 'a.b'],
  ['a token with its end cut off', undefined],
])('%s is forged', async (_what, given) => {
  const event = await posted({ body });
  const token = given ?? tokenOf('silenceFile', event).slice(0, -3);
  const { text } = await press({ token, value: '4h' });
  expect(text).toMatch(/^Tocsin did not make this button/);
  expect(await silences()).toEqual({ count: 0 });
});

test('the button of another sink is forged', async () => {
  const event = await posted({ body });
  const token = tokenOf('why', event, { sink: 'other' });
  expect((await press({ token })).text).toMatch(/^Tocsin did not make this button/);
});

test('a button of last week is too old', async () => {
  const event = await posted({ body });
  const token = tokenOf('silenceFile', event, { now: () => Date.now() - 9 * 86_400_000 });
  expect((await press({ token, value: '4h' })).text).toMatch(
    /^This button is more than a week old/,
  );
  expect(await silences()).toEqual({ count: 0 });
});

test('a button does nothing in another message, of this channel or of another one', async () => {
  const event = await posted({ body });
  const { text } = await press({ action: 'silenceFile', event, post: 'p2', value: '4h' });
  expect(text).toMatch(/^This is not the message/);
  expect(await silences()).toEqual({ count: 0 });
});

test('the button of a step acts on its incident, in the message of the step alone', async () => {
  const event = await posted({ body });
  const step = await storeStep(db(), event);
  await db().$client`
    update deliveries set state = 'delivered', finalized_at = now(), remote_id = 'p5'
    where event_id = ${step}`;
  const token = tokenOf('acknowledge', event, {}, step);
  expect((await press({ token, post: 'p1' })).text).toMatch(/^This is not the message/);
  expect((await press({ token, post: 'p5' })).text).toMatch(/acknowledged/i);
  const [incident] = await db().$client`select event_id::int, state from incidents`;
  expect({ ...incident }).toEqual({ event_id: event, state: 'acknowledged' });
});

test('a message of a webhook, which told no id, is that of the first press', async () => {
  const event = await posted({ body }, { remoteId: null });
  expect((await press({ event, post: 'p8' })).text).toContain('sent it here');
  expect((await press({ event, post: 'p9' })).text).toMatch(/^This is not the message/);
  expect((await press({ event, post: 'p8' })).text).toContain('sent it here');
});

test('two first presses in two messages: one of them counts', async () => {
  const event = await posted({ body }, { remoteId: null });
  const answers = await Promise.all(['p8', 'p9'].map((post) => press({ event, post })));
  expect(answers.filter(({ text }) => text.includes('sent it here'))).toHaveLength(1);
});

test('a message that is not recorded yet can be pressed again soon', async () => {
  const event = await posted({ body }, { remoteId: null, state: 'pending' });
  expect((await press({ event })).text).toMatch(/^This message is so new/);
});

test('an event that is no longer stored says so', async () => {
  expect((await press({ event: 999_999 })).text).toMatch(/^This event is no longer stored/);
});

test('whoever is unknown learns how to become known, and nothing is done', async () => {
  const event = await posted({ body });
  const stranger = { user: 'umallory', name: 'mallory', action: 'silenceFile' as const, event };
  const { text } = await press({ ...stranger, value: '4h' });
  expect(text).toContain('your id is `umallory`, your username `mallory`');
  expect(await silences()).toEqual({ count: 0 });
});

test('whoever may only look looks, and changes nothing', async () => {
  const event = await posted({ body });
  const reader = { user: 'ureader', name: 'reader', event };
  expect((await press({ ...reader, action: 'why' })).text).toContain('sent it here');
  const { text } = await press({ ...reader, action: 'silenceFile', value: '4h' });
  expect(text).toMatch(/^You may look but not act/);
  expect(await silences()).toEqual({ count: 0 });
});

test('of a hundred presses at once one counts, and the others learn it', async () => {
  const event = await posted({ body });
  const token = tokenOf('silenceFile', event);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_none, index) => {
      const [user, name] = index % 2 === 0 ? ['uana', 'ana'] : ['ubob', 'bob'];
      return press({ token, user, name, value: '4h' });
    }),
  );
  expect(answers.filter(({ text }) => text.startsWith('Silence'))).toHaveLength(1);
  expect(answers.filter(({ text }) => text === 'This button has already been used.')).toHaveLength(
    99,
  );
  expect(await silences()).toEqual({ count: 1 });
  expect(await audited()).toEqual([
    {
      actor: expect.stringMatching(/^(ana|bob)$/),
      via: 'chat',
      operation: 'silence-add',
      target: null,
    },
  ]);
  expect(onFailure).not.toHaveBeenCalled();
});

test('a press that is refused leaves the button as it was', async () => {
  const event = await posted({ body });
  const token = tokenOf('silenceFile', event);
  expect((await press({ token, value: '9999d' })).text).toMatch(/^Nothing was done: /);
  expect((await press({ token, value: '4h' })).text).toMatch(/^Silence/);
  expect((await press({ token, value: '4h' })).text).toBe('This button has already been used.');
});

test('a failure is logged, and whoever pressed learns no more than that', async () => {
  const settings = {
    people: 'members' as const,
    isMember: () => Promise.reject(new Error('secret')),
  };
  const event = await posted({ body });
  const { text } = await press({ event, settings });
  expect(text).toBe(
    'Tocsin could not ask the chat server who you are, so nothing was done. Try again.',
  );
  expect(onFailure).toHaveBeenCalledOnce();
});

test('members of the channel may act, and nobody else', async () => {
  const isMember = async (id: string) => id === 'umember';
  const settings = { people: 'members' as const, isMember };
  const event = await posted({ body });
  expect((await press({ event, settings, user: 'uother', name: 'o' })).text).toMatch(
    /^Nothing was done: only members/,
  );
  const silenced = { action: 'silenceDevice' as const, value: '24h', user: 'umember', name: 'mia' };
  expect((await press({ event, settings, ...silenced })).text).toContain('`PC-1` is silent');
});

test('where the sink cannot edit, the answer says what the card says now', async () => {
  const event = await posted({ body }, { remoteId: null });
  const inAnswer = vi.fn(({ incident }) => ({ message: incident.state, props: {} }));
  const settings = { inAnswer };
  expect(await press({ event, action: 'why', settings })).not.toHaveProperty('update');
  const update = { message: 'acknowledged', props: {} };
  expect(await press({ event, action: 'acknowledge', settings })).toMatchObject({ update });
  expect(inAnswer).toHaveBeenCalledOnce();
  const [edit] = await db().$client`select wanted, done from message_edits`;
  expect(edit).toEqual({ wanted: 1, done: 1 });
  const bob = { user: 'ubob', name: 'bob' };
  expect(await press({ event, action: 'acknowledge', settings, ...bob })).toMatchObject({ update });
});

test('escalating says so where the route has no steps', async () => {
  const event = await posted({ body });
  expect((await press({ event, action: 'escalate' })).text).toContain('has no steps');
  expect(await audited()).toEqual([]);
});

const escalation = { route: 'all', afterMs: 900_000 };

test('escalating makes the next step at once, and the card says to whom', async () => {
  const event = await posted({ body }, { escalation });
  const inAnswer = ({ incident }: DueEdit) => ({ message: incident.escalatedTo, props: {} });
  const asked = { event, action: 'escalate' as const, settings: { inAnswer } };
  const answer = await press(asked);
  expect(answer.text).toMatch(/^Done\. .*[Ee]scalated to `soc`/);
  expect(answer).toMatchObject({ update: { message: 'soc', props: {} } });
  expect((await press(asked)).text).toMatch(/^This button has already been used\./);
  const steps = await db().$client`select sink from deliveries where kind = 'step'`;
  expect(steps).toHaveLength(1);
  expect(await audited()).toMatchObject([
    { actor: 'ana', via: 'chat', operation: 'incident-escalate', target: `event:${event}` },
  ]);
});

test('what somebody has is not escalated by a button of an older card', async () => {
  const event = await posted({ body }, { escalation });
  await press({ event, action: 'acknowledge' });
  const bob = { user: 'ubob', name: 'bob' };
  expect((await press({ event, action: 'escalate', ...bob })).text).toMatch(
    /^Somebody else has it/,
  );
  expect(await db().$client`select sink from deliveries where kind = 'step'`).toHaveLength(0);
});

test('where the sink can edit, the answer leaves the card to it', async () => {
  const event = await posted({ body });
  expect(await press({ event, action: 'acknowledge' })).not.toHaveProperty('update');
});

test('a choice of the menu is done, and each counts once by itself', async () => {
  const event = await posted({ body });
  const token = tokenOf('more', event);
  const choose = (value?: string) =>
    press({ token, ...(value !== undefined && { value }) }).then(({ text }) => text);
  expect(await choose('why')).toContain('sent it here');
  expect(await choose('silenceFile.4h')).toMatch(/^Silence/);
  expect(await choose('silenceFile.4h')).toBe('This button has already been used.');
  expect(await choose('silenceFile.24h')).toMatch(/^Silence/);
  expect(await choose('snooze.4h')).toMatch(/^Done\. Snoozed by `ana` via chat/);
  expect(await choose('snooze.4h')).toMatch(/^This button has already been used\. Snoozed/);
  expect(await choose('why')).toContain('sent it here');
  expect(await silences()).toEqual({ count: 2 });
});

test.each([undefined, 'snooze.9999d', 'acknowledge', 'silenceFile', '../x'])(
  'the menu does not do %s, which it does not offer',
  async (value) => {
    const event = await posted({ body });
    const { text } = await press({ event, action: 'more', ...(value && { value }) });
    expect(text).toMatch(/^The menu of this card does not offer that/);
    expect(await audited()).toEqual([]);
  },
);

test('the menu of another message, or of another event, does nothing', async () => {
  const event = await posted({ body });
  const menu = { action: 'more', value: 'silenceFile.4h' } as const;
  expect((await press({ ...menu, event, post: 'p2' })).text).toMatch(/^This is not the message/);
  expect((await press({ ...menu, event: 999_999 })).text).toMatch(/^This event is no longer/);
  expect(await silences()).toEqual({ count: 0 });
});

describe('the genuine button of one incident in the message of another', () => {
  const other = { body, externalId: 'b', subject: 'b' };
  const changed = () => db().$client`select kind from incident_changes`;

  test.each(['acknowledge', 'resolve', 'snooze', 'escalate', 'silenceFile', 'why'] as const)(
    'does not %s',
    async (action) => {
      const [a, b] = [await posted({ body }), await posted(other, { remoteId: 'p2', escalation })];
      const { text } = await press({ action, event: b, post: 'p1', value: '4h' });
      expect(text).toMatch(/^This is not the message/);
      expect([await changed(), await silences(), await audited()]).toEqual([[], { count: 0 }, []]);
      expect((await press({ action: 'why', event: a, post: 'p1' })).text).toContain('sent it here');
    },
  );

  test('does nothing where a webhook told of no message, and still works in its own', async () => {
    const none = { remoteId: null };
    const [a, b] = [await posted({ body }, none), await posted(other, none)];
    await press({ action: 'acknowledge', event: a, post: 'p1' });
    const asked = { action: 'acknowledge' as const, event: b };
    expect((await press({ ...asked, post: 'p1' })).text).toMatch(/^This is not the message/);
    expect((await press({ ...asked, post: 'p2' })).text).toMatch(/^Done\./);
    expect(await changed()).toHaveLength(2);
  });
});
