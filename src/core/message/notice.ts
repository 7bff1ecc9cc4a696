// A notice of Tocsin about itself as a small card: what happened, then what to do. Values come from
// the configuration and from far ends, so they are shown like any other text. Pure.
import { type Card, type Field, type Text, word } from '../../kit/card.ts';
import { type Notice, type StoredEvent, severityNames } from '../../kit/event.ts';
import type { MessageForm } from '../../kit/sink.ts';
import { eventsText } from './counts.ts';
import { type Language, type NoticeSentences, number } from './language.ts';
import { reportFields, reportRemarks } from './report.ts';
import { filled, type Values } from './sentence.ts';
import { signs } from './signs.ts';
import { code } from './text.ts';

const valuesMax = 12;
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const isoDate = /^\d{4}-\d{2}-\d{2}$/;
const product = [word('Tocsin')];

export function noticeCard(
  event: StoredEvent,
  notice: Notice,
  language: Language,
  form: MessageForm,
): Card {
  const sentences = language.notice(notice.kind);
  const values = valuesOf(notice, language, form === 'full' ? 200 : 60);
  const { report } = event.body;
  return {
    kind: 'notice',
    severity: event.severity,
    sign: signs[event.severity],
    level: severityNames[event.severity],
    title: [language.label('titleNotice')],
    headline: sentences === undefined ? code(notice.kind, 40) : filled(sentences.happened, values),
    remarks: [
      ...(report === undefined ? [] : reportRemarks(report, language, form)),
      ...(sentences === undefined ? [] : [filled(sentences.advice, values)]),
    ],
    fields: report === undefined ? [] : reportFields(report, language),
    details: restOf(sentences, notice, language, form),
    footer: [...product, word(' · '), ...language.time(event.receivedAt)],
  };
}

function valuesOf(notice: Notice, language: Language, max: number): Values {
  const shown = entriesOf(notice).map(
    ([name, value]) => [name, valueText(name, value, language, max)] as const,
  );
  const { count, digests, before, open } = notice.values;
  return {
    ...Object.fromEntries(shown),
    ...counted({ before, open }),
    events: countText(count, (value) => eventsText(value, language)),
    digests: countText(digests, (value) =>
      value === 1
        ? [language.label('digestOne')]
        : language.say('digestCount', { count: number(value) }),
    ),
  };
}

/** Those that are counts, as a reader’s own words are. */
function counted(values: Readonly<Record<string, string | undefined>>): Values {
  const texts = Object.entries(values).map(([name, value]) => [name, countText(value, number)]);
  return Object.fromEntries(texts.filter(([, text]) => text !== undefined));
}

function countText(count: string | undefined, text: (count: number) => Text): Text | undefined {
  return /^\d{1,15}$/.test(count ?? '') ? text(Number(count)) : undefined;
}

/** The values that the sentences left out, so that none is lost. */
function restOf(
  sentences: NoticeSentences | undefined,
  notice: Notice,
  language: Language,
  form: MessageForm,
): Field[] {
  const max = form === 'full' ? 1_000 : 100;
  const said = new Set([...(sentences?.happened.names ?? []), ...(sentences?.advice.names ?? [])]);
  if (said.has('events')) said.add('count');
  return entriesOf(notice)
    .filter(([name]) => !said.has(name))
    .flatMap(([name, value]) => {
      const isMessage = name === 'message';
      const shown = isMessage ? code(value, max) : valueText(name, value, language, max);
      const label = isMessage
        ? language.label('message')
        : word(name.replace(/[^A-Za-z0-9]/g, ' ').slice(0, 40));
      return shown.length === 0 ? [] : [{ name: [label], value: shown }];
    });
}

function entriesOf({ values }: Notice): readonly (readonly [string, string])[] {
  return Object.entries(values).slice(0, valuesMax);
}

/** `all` is a beginning, and may also be the name of a sink. */
function valueText(name: string, value: string, language: Language, max: number): Text {
  if (name === 'from' && value === 'all') return [language.label('fromAll')];
  if (isoDate.test(value)) return [word(value)];
  return isoTime.test(value) ? language.time(value) : code(value, max);
}
