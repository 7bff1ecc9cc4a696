// The adapters of a configuration: a sink signs each card with the product of the event's source.
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import type { HttpRequest } from '../../src/kit/http/index.ts';
import type { Locale } from '../../src/kit/locale.ts';
import { createSinks, wayInProblems } from '../../src/service/adapters.ts';
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

describe('a way in', () => {
  const poll = (id: string) => ({ id, type: 'polled', source: { kind: 'poll' as const } });
  const push = (id: string) => ({ id, type: 'pushed', source: { kind: 'push' as const } });

  test.each([
    ['no source at all', [], []],
    ['sources that are polled', [poll('a'), poll('b')], []],
    ['one that is pushed to', [push('a')], ['sources.a']],
    [
      'each that is pushed to, among others',
      [push('a'), poll('b'), push('c')],
      ['sources.a', 'sources.c'],
    ],
  ])('is asked of %s', (_title, sources, expected) => {
    const problems = wayInProblems(sources);
    expect(problems.map(({ where }) => where)).toEqual(expected);
    for (const { problem, remedy } of problems)
      expect([problem, remedy]).toEqual([
        'is of type "pushed", which sends its events here, but Tocsin has no address for them',
        'Take this source out, or use a type that Tocsin polls',
      ]);
  });
});
