// Sinks of one event that speak different languages: each language is composed once, however many
// sinks speak it.
import { expect, test } from 'vitest';
import { type Card, plainText } from '../../src/kit/card.ts';
import { createSinks } from '../../src/service/adapters.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { storedEvent } from '../support/events.ts';
import { createLoader, token } from './loader.ts';

const { loadYaml } = createLoader({ sources, sinks });

function cardsOf(yaml: string): Card[] {
  const event = storedEvent();
  const http = { request: () => Promise.reject(new Error('not sent')), close: async () => {} };
  const made = createSinks(
    loadYaml(yaml, { DEEPINSTINCT_URL: 'https://console.example', TOKENS_KEY: token }),
    { sources, sinks },
    { http, now: Date.now },
  );
  return made.map(({ voice }) => voice.message(event, { form: 'full', showTenant: false }).card);
}

test('two sinks speak two languages, each in its own time zone', () => {
  const yaml = `
locale: en
time_zone: UTC
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
  management:
    type: mattermost
    url: https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz
    locale: th
    time_zone: Asia/Bangkok
`;
  expect(cardsOf(yaml).map(({ footer }) => plainText(footer))).toEqual([
    'Deep Instinct Security · Event ID 1203 · 2026-03-01 02:03:04 +00:00',
    'Deep Instinct Security · รหัสเหตุการณ์ 1203 · 2026-03-01 09:03:04 +07:00',
  ]);
});

test('ten sinks of two languages compose an event twice', () => {
  const written = Array.from(
    { length: 10 },
    (_, n) =>
      `  s${n}: { type: webhook, url: "https://in.example/${n}", locale: ${n % 2 ? 'th' : 'en'} }`,
  );
  const cards = cardsOf(`sinks:\n${written.join('\n')}\n`);
  expect(cards).toHaveLength(10);
  expect(new Set(cards).size).toBe(2);
});
