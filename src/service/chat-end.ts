// What answers to people in the chat of a sink need, made of the sink's configuration.
import type { Config } from '../config/index.ts';
import { ButtonTokens, type ChatEnd, createChatWords, People } from '../core/chat/index.ts';
import type { Voice } from '../core/message/index.ts';
import type { Locale } from '../kit/locale.ts';
import type { Mask } from '../kit/mask.ts';
import type { Sink, SinkDefinition } from '../kit/sink.ts';
import { withMaskedErrors } from './masked.ts';

export interface Chatting {
  readonly id: string;
  readonly settings: unknown;
  readonly sink: Sink;
  /** Made after it, since its cards have the buttons. */
  voice(): Voice;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly mask: Mask;
}

/** Undefined: people cannot act there. */
export function chatEndOf(
  { id, settings, sink, voice, locale, timeZone, mask }: Chatting,
  { secrets: [credential] }: Pick<SinkDefinition, 'secrets'>,
  { access, incidents }: Pick<Config, 'access' | 'incidents'>,
): ChatEnd | undefined {
  if (sink.chat === undefined || credential === undefined) return undefined;
  const chat = withMaskedErrors(sink.chat, mask);
  // The sink's own credential, so that nobody has to make and keep another secret.
  const secret = (settings as Readonly<Record<string, unknown>>)[credential];
  const tokens = new ButtonTokens({ sink: id, credential: String(secret) });
  const { publicUrl } = access;
  const { snoozeMaxMs } = incidents;
  const url = publicUrl === undefined ? undefined : `${publicUrl}/chat/${id}/actions`;
  return {
    sink: id,
    chat,
    tokens,
    buttons:
      url === undefined
        ? undefined
        : { url, tokenOf: (button) => tokens.tokenOf(button), snoozeMaxMs },
    people: new People(chat),
    words: createChatWords(locale, timeZone),
    cardOf: (event, incident) =>
      voice().message(event, { form: 'full', showTenant: true, incident }).card,
  };
}
