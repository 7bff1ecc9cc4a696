// Sinks of one event that speak different languages: each language is composed once, however many
// sinks speak it.
import { afterEach, expect, test, vi } from 'vitest';
import * as events from '../../src/core/message/event.ts';
import { plainText } from '../../src/kit/card.ts';
import { createSinks } from '../../src/service/adapters.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { storedEvent } from '../support/events.ts';
import { createLoader, token } from './loader.ts';

vi.mock('../../src/core/message/event.ts', { spy: true });
afterEach(() => vi.clearAllMocks());

const { loadYaml } = createLoader({ sources, sinks });

function said(yaml: string): string[] {
  const http = { request: () => Promise.reject(new Error('not sent')), close: async () => {} };
  const made = createSinks(
    loadYaml(yaml, { DEEPINSTINCT_URL: 'https://console.example', TOKENS_KEY: token }),
    { sources, sinks },
    { http, now: Date.now },
  );
  return made.map(({ voice }) => {
    const { card } = voice.message(storedEvent(), { form: 'full', showTenant: false });
    return plainText(card.footer);
  });
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
  expect(said(yaml)).toEqual([
    'Deep Instinct Security · Event ID 1203 · 2026-03-01 02:03:04 +00:00',
    'Deep Instinct Security · รหัสเหตุการณ์ 1203 · 2026-03-01 09:03:04 +07:00',
  ]);
  expect(events.eventCard).toHaveBeenCalledTimes(2);
});

test('ten sinks of two languages compose an event twice', () => {
  const written = Array.from(
    { length: 10 },
    (_, n) =>
      `  s${n}: { type: webhook, url: "https://in.example/${n}", locale: ${n % 2 ? 'th' : 'en'} }`,
  );
  expect(new Set(said(`sinks:\n${written.join('\n')}\n`)).size).toBe(2);
  expect(events.eventCard).toHaveBeenCalledTimes(2);
});
