// What a sink of a test says: English, UTC, and the words of the products that are there.
import { Composers, type Voice } from '../../src/core/message/index.ts';
import type { Circumstances } from '../../src/core/message/voice.ts';
import type { StoredEvent } from '../../src/kit/event.ts';
import type { Locale } from '../../src/kit/locale.ts';
import { createProductOf } from '../../src/kit/product.ts';
import type { Message, Sink } from '../../src/kit/sink.ts';
import { sources } from '../../src/sources/index.ts';

const composers = new Composers({ productOf: createProductOf([], sources) });

export function voiceOf(
  sink: Pick<Sink, 'limits' | 'can' | 'titles'> = {},
  locale: Locale = 'en',
  timeZone = 'UTC',
): Voice {
  return composers.voiceOf(sink, { locale, timeZone });
}

/** {@link voiceOf} with a composer of its own, which keeps no card: events may share a number. */
export function freshVoice(
  sink: Pick<Sink, 'limits' | 'can' | 'titles'> = {},
  locale: Locale = 'en',
): Voice {
  const own = new Composers({ productOf: createProductOf([], sources) });
  return own.voiceOf(sink, { locale, timeZone: 'UTC' });
}

/** As a lane would make it for the sink. */
export function messageOf(
  event: StoredEvent,
  circumstances: Partial<Circumstances> = {},
  sink: Pick<Sink, 'limits' | 'can' | 'titles'> = {},
): Message {
  const voice = freshVoice(sink);
  return voice.message(event, { form: 'full', showTenant: true, ...circumstances });
}
