// Reads the calendar of who is on duty for `tocsin check`, and says what is odd about it. Keeps nothing.
import type { Config } from '../../config/index.ts';
import { readSource } from '../../core/escalation/calendar-source.ts';
import { shiftAfter, shiftAt, withCalendar } from '../../core/rules/duty.ts';
import type { HttpClient } from '../../kit/http/index.ts';
import { waitMs } from './far-ends.ts';
import type { Finding } from './finding.ts';

const unknownMax = 5;

/** None if the configuration has no calendar. @param nowMs since the epoch */
export async function lookAtDuty(
  { duty }: Pick<Config, 'duty'>,
  http: HttpClient,
  nowMs: number,
): Promise<Finding[]> {
  if (duty?.calendar === undefined) return [];
  const about = { kind: 'duty', id: '' } as const;
  const { calendar } = duty;
  const signal = AbortSignal.timeout(waitMs);
  const reading = { http, signal, nowMs, known: null };
  const news = await readSource(calendar, reading).catch(() => undefined);
  if (news?.kind !== 'read') {
    const text = news?.kind === 'failed' ? news.error : `gave no answer within ${waitMs / 1000} s`;
    return [{ ...about, status: 'failed', text }];
  }
  const { shifts, unread } = news.read;
  const known = withCalendar(duty, shifts);
  const [current, next] = [shiftAt(known, nowMs), shiftAfter(known, nowMs)];
  const who =
    current === undefined
      ? `nobody is on duty now: ${duty.fallback.who} is told`
      : `${current.who} is on duty now`;
  const ahead = shifts.filter(({ untilMs }) => untilMs > nowMs);
  const isKnown = (name: string) => calendar.people.has(name.toLowerCase());
  const strangers = ahead.filter(({ names }) => !names.some(isKnown)).map((one) => one.who);
  const unknown = [...new Set(strangers)].slice(0, unknownMax);
  const remarks = [
    ...(ahead.length > 0 ? [] : ['its calendar has no event ahead: nobody will be on duty']),
    ...unread,
    ...(unknown.length === 0
      ? []
      : [
          `duty.calendar.people does not say whom to mention for ${unknown.join(', ')}: ${duty.fallback.who} is mentioned`,
        ]),
  ];
  return [
    {
      ...about,
      status: 'ok',
      text: `the calendar was read; ${who}${next === undefined ? '' : `, and ${next.who} is next`}`,
    },
    ...remarks.map((text): Finding => ({ ...about, status: 'warn', text })),
  ];
}
