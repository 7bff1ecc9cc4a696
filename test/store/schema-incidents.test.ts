// What the tables of incidents refuse, whoever writes to them.
import { expect, test } from 'vitest';
import { useDatabase } from './stored.ts';

const db = useDatabase();

const incident = (subject: string, more: string) =>
  db().$client.unsafe(`
    insert into incidents (source, subject, event_id, severity, state, until)
    values ('a', '${subject}', 1, 4, ${more})`);
const edit = (state: string) =>
  db().$client.unsafe(`
    insert into message_edits (event_id, sink, wanted, state) values (1, 'soc', 1, '${state}')`);

test.each([
  ['a state that is none', () => incident('1', "'closed', null"), 'incidents_state_check'],
  ['a snooze without an end', () => incident('1', "'snoozed', null"), 'incidents_snoozed_check'],
  ['an edit in no known state', () => edit('lost'), 'message_edits_state_check'],
])('%s', async (_, write, constraint) => {
  await expect(write()).rejects.toMatchObject({ constraint_name: constraint });
});

test('a subject has one incident, a message one edit', async () => {
  await incident('1', "'open', null");
  await incident('2', "'snoozed', now()");
  await expect(incident('1', "'resolved', null")).rejects.toMatchObject({
    constraint_name: 'incidents_source_subject_key',
  });
  await edit('current');
  await expect(edit('gone')).rejects.toMatchObject({
    constraint_name: 'message_edits_event_id_sink_pk',
  });
});
