// An event, a digest and a notice as a sink says them in each language: for files that people read,
// and for looking at.
import { fileURLToPath } from 'node:url';
import type { StoredEvent } from '../../src/kit/event.ts';
import { type Locale, locales } from '../../src/kit/locale.ts';
import type { Message, Sink } from '../../src/kit/sink.ts';
import { digestOfStorm, storedDigest } from './digests.ts';
import { storedEvent } from './events.ts';
import { voiceOf } from './voice.ts';

export interface Said {
  readonly locale: Locale;
  /** In the order of `titles`. */
  readonly messages: readonly Message[];
}

export const titles = ['event', 'digest', 'notice'] as const;

const notice: StoredEvent = {
  ...storedEvent({ id: 4713, source: 'tocsin', stream: 'notice', severity: 4 }),
  body: {
    notice: {
      kind: 'sink_failing',
      values: { sink: 'soc', since: '2026-03-01T02:03:04.000Z', reason: 'timeout' },
    },
  },
};

export function saidBy(sink: Pick<Sink, 'limits' | 'can' | 'titles'>): readonly Said[] {
  const events = [storedEvent({ severity: 5 }), storedDigest(digestOfStorm), notice];
  return locales.map((locale) => {
    const voice = voiceOf(sink, locale, 'Asia/Bangkok');
    const messages = events.map((event) =>
      voice.message(event, { form: 'full', showTenant: true }),
    );
    return { locale, messages };
  });
}

/** For `toMatchFileSnapshot`. */
export function saidFile(type: string, locale: Locale): string {
  return fileURLToPath(new URL(`../fixtures/said/${type}.${locale}.txt`, import.meta.url));
}

/** One file of the texts, in the order of `titles`. */
export function joinedTexts(texts: readonly string[]): string {
  return `${texts.map((text, at) => `=== ${titles[at]}\n${text.trim()}\n`).join('\n')}`;
}
