// The words for what became of an event, in both languages, and without a text of others where
// that may be the reason of a refusal.
import { describe, expect, it, test } from 'vitest';
import { createLanguage } from '../../../src/core/message/language.ts';
import { cardState, shortTime, stateSentence } from '../../../src/core/message/state.ts';
import type { MessageForm } from '../../../src/kit/event.ts';
import type { IncidentView } from '../../../src/kit/incident.ts';
import { incidentView } from '../../support/incidents.ts';
import { shown } from './shown.ts';

const languages = { en: createLanguage('en', 'UTC'), th: createLanguage('th', 'Asia/Bangkok') };
const near = '2026-03-01T02:03:09.120Z';

function said(
  more: Partial<IncidentView>,
  { form = 'full', locale = 'en' }: { form?: MessageForm; locale?: 'en' | 'th' } = {},
): string | undefined {
  const state = cardState(incidentView(more), languages[locale], { form, near });
  const lines = state && [state.text, ...(state.more ? [state.more] : [])];
  return lines
    ?.map(shown)
    .join(' / ')
    .replaceAll(/time<([^>]*)>/g, '$1');
}

const byAna = { by: 'ana', via: 'chat', changedAt: '2026-03-01T03:12:40.000Z' } as const;

describe('what became of an event', () => {
  test.each<[Partial<IncidentView>, string]>([
    [{ state: 'acknowledged', ...byAna }, 'Acknowledged by `ana`, 03:12'],
    [
      { state: 'acknowledged', ...byAna, until: '2026-03-01T11:12:40.000Z' },
      'Acknowledged by `ana`, 03:12 / Acknowledged until 11:12',
    ],
    [
      { state: 'acknowledged', ...byAna, note: 'on it' },
      'Acknowledged by `ana`, 03:12 / Note: “prose<on it>”',
    ],
    [
      { state: 'snoozed', ...byAna, until: '2026-03-02T03:12:40.000Z' },
      'Snoozed by `ana` until 2 Mar 03:12',
    ],
    [{ state: 'resolved', ...byAna }, 'Resolved by `ana`, 03:12'],
    [{ state: 'resolved', ...byAna, via: 'vendor' }, 'Resolved by the vendor, 03:12'],
    [{ state: 'open', ...byAna }, 'Open again since 03:12'],
    [{ occurrences: 11, lastSeenAt: '2026-03-01T03:16:00.000Z' }, 'Seen 11 times, last at 03:16'],
    [{ escalatedTo: 'tier 2' }, 'Escalated to prose<tier 2>'],
    [
      { state: 'acknowledged', ...byAna, escalatedTo: 'tier 2', occurrences: 3 },
      'Acknowledged by `ana`, 03:12 · Escalated to prose<tier 2> · Seen 3 times',
    ],
    [{ state: 'resolved', ...byAna, escalatedTo: 'tier 2' }, 'Resolved by `ana`, 03:12'],
  ])('%o is said in words', (incident, expected) => {
    expect(said(incident)).toBe(expected);
  });

  it('is said in Thai', () => {
    const incident = {
      state: 'acknowledged',
      ...byAna,
      until: '2026-03-01T11:12:40.000Z',
    } as const;
    expect(said(incident, { locale: 'th' })).toBe(
      'รับทราบแล้วโดย `ana` เมื่อ 10:12 น. / รับทราบไว้ถึง 18:12 น.',
    );
  });

  it('is not said while nobody did anything', () => {
    expect(said({})).toBeUndefined();
  });

  it('is said without a name or a note on a bare card', () => {
    const incident = { state: 'acknowledged', ...byAna, note: 'n', escalatedTo: 'x' } as const;
    expect(said(incident, { form: 'bare' })).toBe('Acknowledged, 03:12');
    expect(said(incident, { form: 'short' })).not.toContain('prose<n>');
  });

  it('is said whole, and with its dates, to whoever asks', () => {
    const until = '2026-03-01T11:12:40.000Z';
    const incident = incidentView({ state: 'acknowledged', ...byAna, until, note: 'on it' });
    const text = (view: IncidentView) =>
      shown(stateSentence(view, languages.en)).replaceAll(/time<([^>]*)>/g, '$1');
    expect(text(incident)).toBe(
      'Acknowledged by `ana` via chat, 1 Mar 2026 03:12, until 1 Mar 2026 11:12: “prose<on it>”',
    );
    expect(text({ ...incident, via: '@channel' })).not.toContain('channel');
  });

  it('has a short name beside the headline', () => {
    const line = said({ state: 'resolved', ...byAna, by: 'somebody-with-a-long-name' });
    expect(line).toBe('Resolved by `somebody-w…long-name`, 03:12');
  });

  it('has the kind by which a sink colours the card', () => {
    const view = { form: 'full', near } as const;
    expect(cardState(incidentView({ state: 'resolved', ...byAna }), languages.en, view)?.kind).toBe(
      'resolved',
    );
  });
});

test.each([
  ['2026-03-01T23:59:59.999Z', '23:59'],
  ['2026-02-28T23:59:59.000Z', '28 Feb 23:59'],
  ['2025-12-31T23:59:59.000Z', '31 Dec 2025 23:59'],
  [null, ''],
  ['soon', ''],
])('the time %s is short on the day of the card', (iso, expected) => {
  const [part] = shortTime(iso, near, languages.en);
  expect(part?.text ?? '').toBe(expected);
});
