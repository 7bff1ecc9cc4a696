// An event as data for programs: what stands in it whole, short, bare and worded by a template.
import { expect, it, test } from 'vitest';
import { word } from '../../src/kit/card.ts';
import { eventData, recordFormat, recordOf, timeOf } from '../../src/kit/event-data.ts';
import { findingOf } from '../../src/kit/ocsf.ts';
import { eventOfTexts, storedEvent } from '../support/events.ts';
import { messageOf } from '../support/voice.ts';

test('the time is that of the device, else that of the arrival', () => {
  expect(timeOf(messageOf(storedEvent()))).toBe('2026-03-01T02:03:04.000Z');
  const unknown = storedEvent({ occurredAt: null });
  expect(timeOf(messageOf(unknown))).toBe('2026-03-01T02:03:09.120Z');
});

it('says whose delivery it is and what kind of card, before everything of the event', () => {
  const message = messageOf(storedEvent());
  const record = recordOf('json', message, 'soc-1');
  expect(record).toMatchObject({
    ...{ delivery_id: 'soc-1', kind: 'event', time: '2026-03-01T02:03:04.000Z' },
    ...{ id: 4711, severity: 4, severity_name: 'HIGH', external_id: '1203', subject: '1203' },
    headline: 'Ransomware on ACCT-PC-07 (CORP\\somchai): blocked, quarantine FAILED',
  });
  expect(record).toMatchObject({ body: message.event.body });
});

it('is a finding if that is the format', () => {
  const message = messageOf(storedEvent());
  expect(recordOf('ocsf', message, 'soc-1')).toEqual(findingOf(message, 'soc-1'));
  expect(recordFormat.parse(undefined)).toBe('json');
  expect(recordFormat.safeParse('xml').success).toBe(false);
});

it('is cut in its short form, and has nothing of others in its bare one', () => {
  const event = eventOfTexts((field) => `evil-${field}`.padEnd(3_000, 'x'));
  const [full, short, bare] = (['full', 'short', 'bare'] as const).map((form) =>
    JSON.stringify(eventData(messageOf(event, { form }))),
  );
  expect(full).toContain(event.body.description);
  expect(short).toContain('evil-');
  expect(short!.length).toBeLessThan(full!.length / 5);
  expect(bare).not.toContain('evil-');
  expect(bare).toContain('"link":"https://console.example/events/1203"');
});

it('has what a template says, and nothing of it in a bare message', () => {
  const template = { title: [word('To do')], text: [[word('one')], [word('two')]] };
  expect(eventData(messageOf(storedEvent(), { template }))).toMatchObject({
    template: { title: 'To do', text: 'one\ntwo' },
  });
  const bare = eventData(messageOf(storedEvent(), { template, form: 'bare' }));
  expect(bare).not.toHaveProperty('template');
});

it('says that it was held up, and that it may be a repetition', () => {
  const delayed = { seconds: 7_200, reason: 'sink' } as const;
  const message = messageOf(storedEvent(), { delayed, mayBeRepeated: true });
  expect(eventData(message)).toMatchObject({ delayed, may_be_repeated: true });
});
