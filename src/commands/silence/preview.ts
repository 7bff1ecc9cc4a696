// `tocsin silence preview`: what a silence would have hidden, before anybody makes it.
import { type Command, UsageError } from '../../cli/command.ts';
import { jsonOption, jsonText } from '../../cli/json.ts';
import { onOneLine } from '../../cli/lines.ts';
import { wholeNumber } from '../../config/index.ts';
import { silence } from '../../operations/index.ts';
import { exitCodes } from '../../service/exit-codes.ts';
import { loadForDatabase, operate } from '../../service/operate.ts';
import { matcherOptions, readMatcher, refuse } from './request.ts';
import { criticalText, hiddenText, timeText } from './text.ts';

export const preview: Command = {
  details: [
    'It says what to silence as "tocsin silence add" does, and makes nothing.',
    'An event counts if it went to a sink that the silence names, or to any sink if it names none.',
  ].join('\n'),
  options: {
    ...matcherOptions,
    days: { type: 'string', value: '<count>', help: 'Of how many days back; default: 7' },
    ...jsonOption,
  },
  async run({ values: { days: written, ...values } }, io) {
    const config = loadForDatabase(io);
    const [sources, sinks] = [config.sources, config.sinks].map((all) => all.map(({ id }) => id));
    const known = { sources: sources!, sinks: sinks!, maxMs: config.silenceMaxMs };
    const parsed = wholeNumber(1, 30, '')(String(written ?? '7'));
    if ('problem' in parsed) throw new UsageError(`--days ${parsed.problem}. ${parsed.remedy}.`);
    const matcher = readMatcher(values, known);
    const input = { matcher, days: parsed.value };
    const result = await operate(io, silence.preview, input).catch(refuse);
    io.stdout(values.json ? jsonText(result, 2) : previewText(result, parsed.value));
    return exitCodes.done;
  },
};

type Tried = Awaited<ReturnType<typeof silence.preview.run>>;

function previewText(tried: Tried, days: number): string {
  const span = days === 1 ? 'last 24 hours' : `last ${days} days`;
  const hidden = `This ${hiddenText(tried, span)}\n`;
  const perDay = tried.days
    .filter((day) => day.hidden > 0)
    .map((day) => `  ${day.day}  ${day.hidden}\n`);
  const sample = tried.sample.map(({ event, receivedAt, severity, type, source, device }) => {
    const words = [event, timeText(receivedAt), severity, type, device ?? '-'];
    return `  ${onOneLine([...words, source].join('  '))}\n`;
  });
  const list = sample.length === 0 ? [] : ['Such as:\n', ...sample];
  return [hidden, ...perDay, ...list, tried.hidesCritical ? criticalText : ''].join('');
}
