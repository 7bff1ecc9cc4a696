// What a card's thread is told of changes that are no message of their own: once, however many.
import { expect, it } from 'vitest';
import { Thread } from '../../../src/core/deliver/thread.ts';
import { Deadlines } from '../../../src/core/deliver/within.ts';
import { changeIncident } from '../../../src/core/incidents/change.ts';
import type { ChangedField } from '../../../src/kit/incident.ts';
import type { DueEdit } from '../../../src/kit/records/edit.ts';
import type { Message, SendContext, Sink } from '../../../src/kit/sink.ts';
import { readPosted } from '../../../src/store/edits.ts';
import { useDatabase } from '../../store/stored.ts';
import { change, posted } from '../../support/changed.ts';
import { messageOf } from '../../support/voice.ts';
import { shown, shownFields } from '../message/shown.ts';

const db = useDatabase();

async function vendor(eventId: number, fields: readonly ChangedField[], seenAgain = 0) {
  const changed = { source: 'a', externalId: 'x', fields, ...(seenAgain > 0 && { seenAgain }) };
  const seenAt = seenAgain > 0 ? '2026-02-03T08:00:00.000Z' : null;
  const wanted = { kind: 'vendor', change: changed, severity: 4, seenAt } as const;
  await changeIncident(db(), { eventId, wanted, actor: 'a', via: 'vendor' });
}

const lastAction = (from: string, to: string) => [{ name: 'lastAction', from, to }];

async function told(eventId: number, more: Partial<DueEdit> = {}, hasThreads = true) {
  const replies: { remoteId: string; message: Message; context: SendContext }[] = [];
  const reply: Sink['reply'] = async (remoteId, message, context) => {
    replies.push({ remoteId, message, context });
  };
  const thread = new Thread({
    ...{ id: 'soc', db: db(), sink: hasThreads ? { reply } : {} },
    deadlines: new Deadlines(5000, () => undefined),
    newsMessage: (event, { form }) => messageOf(event, { form }),
  });
  const edit = (await readPosted(db(), { eventId, sink: 'soc' }))!;
  await thread.tell({ ...edit, ...more });
  return replies;
}

it('tells of a thousand recurrences in one reply, with their number', async () => {
  const [root] = (await posted(db())) as [number];
  for (let n = 0; n < 40; n += 1) await vendor(root, [], 25);
  const replies = await told(root);
  expect(replies).toHaveLength(1);
  expect(replies[0]).toMatchObject({
    remoteId: `post-${root}`,
    context: { deliveryId: `soc-${root}-0-40`, attempt: 1 },
  });
  const { card } = replies[0]!.message;
  expect(shown(card.headline)).toMatch(/happened again, 1001 times by now, last at /);
  expect(card.remarks).toEqual([]);
});

it('tells what the vendor changed, from the first value to the last', async () => {
  const [root] = (await posted(db())) as [number];
  await vendor(root, lastAction('QUARANTINE_FAILED', 'X'));
  await vendor(root, lastAction('X', 'QUARANTINE_SUCCESS'));
  const [reply] = await told(root);
  expect(shown(reply!.message.card.headline)).toMatch(/changed by the vendor$/);
  expect(shownFields(reply!.message.card.fields)).toEqual({
    'Last Action': '`QUARANTINE_FAILED` → `QUARANTINE_SUCCESS`',
  });
});

it('loses no note beside a recurrence and a change', async () => {
  const [root] = (await posted(db())) as [number];
  const note = (text: string) =>
    changeIncident(db(), {
      ...{ eventId: root, wanted: { kind: 'noted' }, actor: 'ana', via: 'chat', note: text },
    });
  await note('one');
  await vendor(root, lastAction('A', 'B'), 1);
  await note('two');
  await vendor(root, [], 1);
  const { card } = (await told(root))[0]!.message;
  expect(shown(card.headline)).toContain('happened again, 3 times by now');
  expect(card.remarks.map(shown)).toEqual([
    'note by `ana`: “prose<one>”',
    'note by `ana`: “prose<two>”',
  ]);
  expect(shownFields(card.fields)).toEqual({ 'Last Action': '`A` → `B`' });
});

it('tells nothing where there is nothing new, or no thread', async () => {
  const [root] = (await posted(db())) as [number];
  await change(db(), root);
  expect(await told(root)).toEqual([]);
  await change(db(), root, { kind: 'noted' });
  expect(await told(root, { done: 2 })).toEqual([]);
  expect(await told(root, {}, false)).toEqual([]);
  expect(await told(root, { done: 1 })).toHaveLength(1);
});
