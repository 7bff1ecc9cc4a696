// The adapters of a configuration: a sink signs each card with the product of the event's source.
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import type { HttpRequest } from '../../src/kit/http/index.ts';
import type { Locale } from '../../src/kit/locale.ts';
import { createSinks, createSources } from '../../src/service/adapters.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { storedEvent } from '../support/events.ts';

const config = loadConfig({
  env: {
    DEEPINSTINCT_URL: 'https://console.example',
    TOKENS_KEY: 'the-key-of-an-api-connector',
    MATTERMOST_WEBHOOK_URL: 'https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz',
  },
  directory: '/nowhere',
  registries: { sources, sinks },
});

async function cardFor(event: { source: string; stream: string }, locale: Locale) {
  const posted: HttpRequest[] = [];
  const http = {
    request: async (request: HttpRequest) => {
      posted.push(request);
      return { status: 200, headers: {}, body: 'ok', truncated: false };
    },
    close: async () => {},
  };
  const around = { http, now: Date.now };
  const speaking = { ...config, locale, timeZone: 'UTC' };
  const [{ sink, voice }] = createSinks(speaking, { sources, sinks }, around) as [
    ReturnType<typeof createSinks>[0],
  ];
  const message = voice.message(storedEvent(event), { form: 'bare', showTenant: false });
  const signal = new AbortController().signal;
  await sink.send(message, { deliveryId: 'soc-1', attempt: 1, signal });
  const { attachments } = JSON.parse(posted[0]!.body!);
  return { title: attachments[0].title, footer: attachments[0].footer };
}

describe('a card', () => {
  const footer = 'Deep Instinct Security';

  test.each<[string, string, Locale, string, string]>([
    ['deepinstinct_events', 'event', 'en', 'Event ID 1203', footer],
    ['deepinstinct_suspicious_events', 'suspicious', 'en', 'Suspicious Event ID 1203', footer],
    ['deepinstinct_suspicious_events', 'suspicious', 'th', 'รหัสเหตุการณ์ต้องสงสัย 1203', footer],
    ['a-source-of-last-year', 'suspicious', 'en', 'Suspicious Event ID 1203', footer],
    ['a-source-of-last-year', 'of-another-vendor', 'en', 'Event ID 1203', 'Tocsin'],
  ])('of source %s, stream %s, in %s', async (source, stream, locale, title, signed) => {
    expect(await cardFor({ source, stream }, locale)).toEqual({
      title,
      footer: `${signed} · ${title} · 2026-03-01 02:03:04 +00:00`,
    });
  });
});

describe('what is known of stored items', () => {
  const key = 'the-key-of-an-api-connector';
  const console = { url: 'https://console.example', token: key };
  const settingsOf = (type: string): unknown => sources[type]!.config.parse(console);
  const http = { request: () => Promise.reject(new Error('a call')), close: async () => {} };
  const around = { http, now: Date.now };

  test('is given to a source that follows, of those that it follows and of itself', () => {
    const later = {
      id: 'later',
      type: 'deepinstinct_changes',
      settings: settingsOf('deepinstinct_changes'),
    };
    const asked: (readonly string[])[] = [];
    const knownOf = (ids: readonly string[]) => {
      asked.push(ids);
      return { olderThan: async () => 0, after: async () => [], raws: async () => new Map() };
    };
    const followed = config.sources.map(({ id }) => id);
    const all = { ...config, sources: [...config.sources, later] };
    const made = createSources(all, { sources, sinks }, { ...around, knownOf });
    expect(asked).toEqual([[...followed, 'later']]);
    expect(made.polled.map(({ id }) => id)).toEqual([...followed, 'later']);
    // Without such a source, nobody asks for anything.
    createSources(config, { sources, sinks }, { ...around, knownOf });
    expect(asked).toHaveLength(1);
    // Where nothing is read, as in a check, it is made all the same.
    expect(createSources(all, { sources, sinks }, around).polled).toHaveLength(followed.length + 1);
  });
});

test('sources that are pushed to stand apart from those that are polled', () => {
  const http = { request: () => Promise.reject(new Error('a call')), close: async () => {} };
  const settings: unknown = sources.webhook!.config.parse(sources.webhook!.example);
  const pushed = { id: 'siem', type: 'webhook', settings };
  const all = { ...config, sources: [...config.sources, pushed] };
  const made = createSources(all, { sources, sinks }, { http, now: Date.now });
  expect(made.pushed.map(({ id }) => id)).toEqual(['siem']);
  expect(made.polled.map(({ id }) => id)).toEqual(config.sources.map(({ id }) => id));
});
