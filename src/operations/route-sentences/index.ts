// A route in sentences: what it takes, whom it tells, and how. Numbers and times are those that
// count, defaults included; patterns and mentions are as they are written. Pure.
import type { WrittenRoute } from '../../config/index.ts';
import type { Route } from '../../core/routing/index.ts';
import { onDuty } from '../../core/rules/duty.ts';
import type { EscalationStep } from '../../core/rules/escalation.ts';
import type { GroupPolicy } from '../../core/rules/group.ts';
import type { Interval } from '../../core/rules/schedule.ts';
import { severityNames } from '../../kit/event.ts';
import type { Locale } from '../../kit/locale.ts';
import { en, type RouteWords } from './en.ts';
import { th } from './th.ts';
import { fill, intervalText } from './week.ts';

const words: Readonly<Record<Locale, RouteWords>> = { en, th };

type Written = WrittenRoute['content'];
type Criteria = Omit<NonNullable<Written['match']>, 'not'>;

/** @param written absent: the one route of a configuration without any */
export function sentencesOf(
  route: Route,
  written: Written | undefined,
  locale: Locale,
): readonly string[] {
  const say = new Speaker(words[locale]);
  const { match: { not = [], ...match } = {} } = written ?? {};
  return [
    say.whatAndWhere(route, written),
    ...say.conditions('if', { ...match, min_severity: undefined, sources: undefined }),
    ...not.flatMap((one) => say.conditions('not', one)),
    ...say.expression(written?.when),
    ...say.times('active', route.active),
    ...say.times('mute', route.mute),
    ...say.mention(written),
    ...say.group(route.group),
    ...say.quiet(route.quiet),
    ...(route.escalate ?? []).map((step) => say.step(step)),
    ...(route.isFirstOnly ? [say.words.firstOnly] : []),
    ...(route.areChangesPosted ? [say.words.changes] : []),
    ...(route.isLast ? [say.words.last] : []),
  ];
}

/** Sentences in one language. */
class Speaker {
  readonly words: RouteWords;

  constructor(own: RouteWords) {
    this.words = own;
  }

  whatAndWhere({ minSeverity, to, sources }: Route, written: Written | undefined): string {
    const { everything, from, only } = this.words;
    const text = minSeverity < 2 ? everything : minSeverity === 5 ? only : from;
    return fill(text, {
      severity: this.words.severities[minSeverity],
      sources: sources && this.#all(sources),
      sinks: this.#all(written?.to.map((target) => this.#sink(target)) ?? to),
    });
  }

  /** With what the route sets for it. */
  #sink(target: Written['to'][number]): string {
    if (typeof target === 'string') return target;
    const { sink, ...own } = target;
    const settings = Object.entries(own).map(([name, value]) => `${name}: ${String(value)}`);
    return settings.length === 0
      ? sink
      : fill(this.words.sink, { sink, settings: settings.join(', ') });
  }

  /** None if nothing is asked. */
  conditions(what: 'if' | 'not', criteria: Criteria): readonly string[] {
    const texts = Object.entries(this.words.conditions).flatMap(([key, text]) => {
      const value = criteria[key as keyof Criteria];
      if (value === undefined) return [];
      const values = Array.isArray(value) ? value : [this.#severity(String(value))];
      return [fill(text, { value: this.#list('disjunction', values) })];
    });
    return texts.length === 0 ? [] : [fill(this.words[what], { conditions: this.#all(texts) })];
  }

  expression(when: string | undefined): readonly string[] {
    if (when === undefined) return [];
    return [fill(this.words.when, { expression: when.trim().replace(/\s+/g, ' ') })];
  }

  times(what: 'active' | 'mute', intervals: readonly Interval[] | undefined): readonly string[] {
    return intervals === undefined
      ? []
      : [fill(this.words[what], { times: this.#intervals(intervals) })];
  }

  mention(written: Written | undefined): readonly string[] {
    const { mention = [], mention_from } = written ?? {};
    const names = [mention].flat();
    if (names.length === 0) return [];
    const severity = mention_from === undefined ? undefined : this.#severity(String(mention_from));
    return [fill(this.words.mention, { names: this.#all(names), severity })];
  }

  /** Of a `group` and a `throttle`, which are one policy. */
  group(policy: GroupPolicy | undefined): readonly string[] {
    if (policy === undefined) return [];
    const { grouped, groupedAll, throttled, first, firstAtOnce } = this.words;
    const { by, waitMs, intervalMs, max, cards } = policy;
    const names = by.map((field) => this.words.fields[field]);
    const fields = names.length === 0 ? undefined : this.#all(names);
    if (cards > 0)
      return [
        fill(throttled, { fields, max: this.#number(cards), window: this.#span(intervalMs) }),
      ];
    return [
      fill(fields === undefined ? groupedAll : grouped, {
        ...{ fields, interval: this.#span(intervalMs), max: this.#number(max) },
        first: waitMs === 0 ? firstAtOnce : fill(first, { wait: this.#span(waitMs) }),
      }),
    ];
  }

  quiet(hours: Route['quiet']): readonly string[] {
    if (hours === undefined) return [];
    // The reverse of `priorityOf`.
    const severity = this.words.severities[5 - hours.passes];
    const text = hours.passes === 0 ? this.words.quietBut : this.words.quiet;
    return [fill(text, { severity, times: this.#intervals(hours.times) })];
  }

  step({ afterMs, to, mention, repeat, minSeverity, active }: EscalationStep): string {
    const { once, times, onDuty: duty } = this.words;
    const names = mention.map((name) => (name === onDuty ? duty : name));
    const again = repeat === 1 ? once : fill(times, { count: this.#number(repeat) });
    return fill(this.words.step, {
      ...{ sinks: this.#all(to), after: this.#span(afterMs) },
      names: names.length === 0 ? undefined : this.#all(names),
      again: repeat === 0 ? undefined : again,
      severity: minSeverity < 2 ? undefined : this.words.severities[minSeverity],
      times: active && this.#intervals(active),
    });
  }

  /** @param written a variable stays as it is */
  #severity(written: string): string {
    const index = (severityNames as readonly string[]).indexOf(written.trim().toUpperCase());
    return this.words.severities[index] ?? written;
  }

  #intervals(intervals: readonly Interval[]): string {
    return intervals.map((one) => intervalText(one, this.words)).join('; ');
  }

  #all(texts: readonly string[]): string {
    return this.#list('conjunction', texts);
  }

  #list(type: 'conjunction' | 'disjunction', texts: readonly string[]): string {
    return new Intl.ListFormat(this.words.language, { type }).format(texts);
  }

  #number(count: number): string {
    return new Intl.NumberFormat(this.words.language).format(count);
  }

  /** In the largest unit that leaves no rest. */
  #span(ms: number): string {
    const [unit, size] = units.find(([, one]) => ms % one === 0) ?? (['second', 1000] as const);
    const style = { style: 'unit', unit, unitDisplay: 'long' } as const;
    return new Intl.NumberFormat(this.words.language, style).format(ms / size);
  }
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;
