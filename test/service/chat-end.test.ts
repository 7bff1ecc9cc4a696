// What the chat of a sink is made of.
import { expect, test } from 'vitest';
import { createSinks } from '../../src/service/adapters.ts';
import { sinks } from '../../src/sinks/index.ts';
import { adapterContext } from '../contract/adapter-cases.ts';
import { configOf } from '../operations/acting.ts';
import { storedEvent } from '../support/events.ts';

const yaml = (more: string) => `
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz"${more} }
`;
const people = ', people: [{ username: ana }]';

function endOf(more: string, publicUrl?: string, url = 'abc') {
  const read = configOf(yaml(more).replace('abcdefghijklmnopqrstuvwxyz', url));
  const access = { ...read.access, ...(publicUrl !== undefined && { publicUrl }) };
  return createSinks({ ...read, access }, { sources: {}, sinks }, adapterContext())[0]!.chat;
}

test('a sink without people has no chat', () => {
  expect(endOf('')).toBeUndefined();
});

test('its buttons call the public address', () => {
  expect(endOf(people)?.buttons).toBeUndefined();
  expect(endOf(people, 'https://tocsin.example')?.buttons?.url).toBe(
    'https://tocsin.example/chat/soc/actions',
  );
});

test('its buttons offer no longer snooze than the configuration allows', () => {
  const short = `${people} }\nincidents: { snooze_max: 4h`;
  expect(endOf(short, 'https://tocsin.example')?.buttons?.snoozeMaxMs).toBe(4 * 3_600_000);
});

test('its buttons count as long as its credential stays', () => {
  const token = endOf(people)!.tokens.tokenOf({ action: 'why', eventId: 1, version: 0 });
  expect(endOf(people)!.tokens.read(token)).toMatchObject({ eventId: 1 });
  expect(endOf(people, undefined, 'abd')!.tokens.read(token)).toBe('forged');
});

test('it answers in the language and with the whole card of the sink', () => {
  const end = endOf(`${people}, locale: th`)!;
  expect(end.words.language.locale).toBe('th');
  const body = { file: { hash: 'ABC' } };
  const { details } = end.cardOf(storedEvent({ body }), undefined);
  expect(JSON.stringify(details)).toContain('ABC');
});
