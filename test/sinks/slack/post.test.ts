// A message as a post of Slack: what stands on the card, and what in the reply below it.
import { expect, it } from 'vitest';
import { detailsOf, postOf } from '../../../src/sinks/slack/post.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';

const message = messageOf(storedEvent(), {}, { can: { table: true, mention: true } });

it('is marked with its delivery, and its details with theirs', () => {
  expect(postOf(message, 'soc-1', {}).metadata).toEqual({
    event_type: 'tocsin_card',
    event_payload: { delivery_id: 'soc-1', event_id: 4711, source: 'di' },
  });
  const marks = { event_type: 'tocsin_card', event_payload: { details_of: 'soc-1' } };
  expect(detailsOf(message, 'soc-1')!.metadata).toEqual(marks);
});

it('and its details say together what the whole says', () => {
  const whole = JSON.stringify(postOf(message, 'soc-1', {}));
  const { card } = message;
  const short = JSON.stringify(postOf(message, 'soc-1', {}, { ...card, details: [] }));
  const details = JSON.stringify(detailsOf(message, 'soc-1'));
  const values = card.details.flatMap(({ name }) => name.map(({ text }) => `*${text}*`));
  expect(values.length).toBeGreaterThan(3);
  for (const name of values) {
    expect(whole).toContain(name);
    expect(short).not.toContain(name);
    expect(details).toContain(name);
  }
});

it('has no details where there is nothing more to say', () => {
  const { card } = message;
  expect(detailsOf({ ...message, card: { ...card, details: [] } }, 'soc-1')).toBeUndefined();
});
