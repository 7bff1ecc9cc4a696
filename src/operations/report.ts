// The weekly report: what it says of a week, and sending it before or after its time.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { storeNotice } from '../core/notices/notice.ts';
import { noticeOf, readReport } from '../core/notices/report.ts';
import { type Week, type Weekly, weekDue, weekOfDay } from '../core/rules/weekly.ts';
import { type SeverityName, severityNames } from '../kit/event.ts';
import { isOfCalendar } from '../kit/past.ts';
import type { Report, ReportWeek } from '../kit/report.ts';
import { text } from './fields.ts';
import { InputError, type Operation, type OperationContext } from './operation.ts';

const spread = z.object({
  count: z.int(),
  medianSeconds: z.number().nullable().describe('Null: there is none'),
  p90Seconds: z.number().nullable().describe('Nine of ten took no longer'),
});
const week = z.object({
  events: z.int().describe('That somebody was to hear of'),
  open: z.int().describe('Delivered, and neither acknowledged nor resolved'),
  severities: z.array(
    z.object({ severity: z.enum(severityNames), events: z.int(), open: z.int() }),
  ),
  screen: spread,
  acknowledge: spread,
  resolve: spread,
  isCut: z.boolean().describe('There were more events: these are of the newest'),
});
const noise = z
  .object({
    name: text,
    messages: z.int(),
    saved: z
      .int()
      .describe('Of a device: by a silence after the first. Of a route: by one message an hour'),
  })
  .nullable()
  .describe('Null: nothing was to be saved');
const output = z.object({
  from: text.describe('The first day, in the time zone of the report'),
  until: text.describe('The last day'),
  week,
  before: week.describe('The week before'),
  device: noise,
  route: noise,
  dead: z.int().describe('Deliveries of its events that were given up'),
});
type Shown = z.infer<typeof output>;

interface Input {
  readonly week?: string | undefined;
}
const input = z.strictObject({
  week: text.optional().describe('A day in it, such as 2026-11-23; default: the last whole week'),
});

export const show: Operation<Input, Shown> = {
  name: 'report-show',
  summary: 'What the weekly report says of a week',
  input,
  output,
  permission: 'read',
  route: 'GET /report',
  async run({ db, config }, asked) {
    const weekly = weeklyOf(config);
    return shown(await readReport(db, weekly, weekOf(asked, weekly)));
  },
};

const sent = output.extend({ to: z.array(text).describe('The sinks that get it') });

export const send: Operation<Input, z.infer<typeof sent>> = {
  name: 'report-send',
  summary: 'Sends the weekly report to its sinks now, whether or not it was told',
  input,
  output: sent,
  permission: 'operate',
  route: 'POST /report/send',
  target: () => 'report',
  async run({ db, config }, asked) {
    const { report: settings } = config;
    if (settings === undefined)
      throw new InputError(
        'the configuration has no report, so nobody would get it: add "report: { to: [<sink>] }" to tocsin.yaml',
      );
    const report = await readReport(db, settings, weekOf(asked, settings));
    const notice = noticeOf(report, { key: `asked ${randomUUID()}`, to: settings.to });
    await storeNotice({ db, fence: null, nowMs: Date.now() }, notice);
    return { ...shown(report), to: [...settings.to] };
  },
};

/** As configured; else weeks from Monday on in the time zone of the messages. */
function weeklyOf({ report, timeZone }: OperationContext['config']): Weekly {
  return report ?? { day: 1, minute: 0, timeZone };
}

/** @throws {InputError} */
function weekOf({ week: day }: Input, weekly: Weekly): Week {
  if (day === undefined) return weekDue({ ...weekly, minute: 0 }, Date.now());
  if (/^\d{4}-\d{2}-\d{2}$/.test(day) && isOfCalendar(day)) return weekOfDay(weekly, day);
  throw new InputError('"week" is no day. Write one in it, such as "2026-11-23"');
}

function shown({ week, before, ...rest }: Report): Shown {
  return { ...rest, week: shownWeek(week), before: shownWeek(before) };
}

function shownWeek({ severities, ...rest }: ReportWeek): Shown['week'] {
  return {
    ...rest,
    severities: severities.map(({ severity, ...counts }) => ({
      severity: severityNames[severity] as SeverityName,
      ...counts,
    })),
  };
}
