// What a weekly report says besides its headline: times beside those of the week before, and what
// most messages were about. Pure.
import { type Field, type Text, word } from '../../kit/card.ts';
import { severityNames } from '../../kit/event.ts';
import type { Report, ReportNoise, ReportSpread, ReportWeek } from '../../kit/report.ts';
import type { MessageForm } from '../../kit/sink.ts';
import { type Label, type Language, number, type SentenceName } from './language.ts';
import { code } from './text.ts';

/** Code points of a name of others; none in a message without their text. */
const nameMax = { full: 80, short: 24, bare: 0 } as const satisfies Record<MessageForm, number>;

/** At most six, each short. */
export function reportFields({ week, before, dead }: Report, language: Language): Field[] {
  const field = (label: Label, value: Text): Field[] =>
    value.length === 0 ? [] : [{ name: [language.label(label)], value }];
  const times = (label: Label, of: (week: ReportWeek) => ReportSpread) =>
    field(label, spreadText(of(week), of(before), language));
  return [
    ...field(
      'severity',
      severitiesText(week, ({ events }) => events),
    ),
    ...field(
      'reportOpen',
      severitiesText(week, ({ open }) => open),
    ),
    ...times('reportScreen', ({ screen }) => screen),
    ...times('reportAcknowledge', ({ acknowledge }) => acknowledge),
    ...times('reportResolve', ({ resolve }) => resolve),
    ...field('reportDead', dead === 0 ? [] : number(dead)),
  ];
}

/** What was noisy, and what would have made it less so. */
export function reportRemarks(report: Report, language: Language, form: MessageForm): Text[] {
  const { device, route, week } = report;
  const cut = week.isCut ? [language.say('reportCut', { count: number(week.events) })] : [];
  const noisy = (sentence: SentenceName, noise: ReportNoise | null): Text[] => {
    const name = code(noise?.name ?? '', nameMax[form]);
    if (noise === null || name.length === 0) return [];
    const [messages, saved] = [number(noise.messages), number(noise.saved)];
    return [language.say(sentence, { name, messages, saved })];
  };
  return [...cut, ...noisy('reportDevice', device), ...noisy('reportRoute', route)];
}

/** `CRITICAL 2 · HIGH 5`; empty if there are none. */
function severitiesText(
  { severities }: ReportWeek,
  of: (one: ReportWeek['severities'][number]) => number,
): Text {
  const some = severities.filter((one) => of(one) > 0);
  const texts = some.map((one) => `${severityNames[one.severity]} ${of(one)}`);
  return texts.length === 0 ? [] : [word(texts.join(' · '))];
}

function spreadText(week: ReportSpread, before: ReportSpread, language: Language): Text {
  const [median, p90] = timesOf(week, language);
  if (median === undefined || p90 === undefined) return [];
  const [beforeMedian, beforeP90] = timesOf(before, language);
  return language.say('reportSpread', { median, p90, beforeMedian, beforeP90 });
}

function timesOf({ medianSeconds, p90Seconds }: ReportSpread, language: Language): Text[] {
  if (medianSeconds === null || p90Seconds === null) return [];
  return [medianSeconds, p90Seconds].map((seconds) =>
    seconds < 90
      ? language.say('seconds', { count: number(Math.round(seconds)) })
      : language.span(seconds),
  );
}
