// The words for what became of an event, in both languages, and without a text of others where
// that may be the reason of a refusal.
import { describe, expect, it, test } from 'vitest';
import { createLanguage } from '../../../src/core/message/language.ts';
import { cardState, shortTime } from '../../../src/core/message/state.ts';
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
  return state && shown(state.text).replaceAll(/time<([^>]*)>/g, '$1');
}

const byAna = { by: 'ana', via: 'chat', changedAt: '2026-03-01T03:12:40.000Z' } as const;

describe('what became of an event', () => {
  test.each<[Partial<IncidentView>, string]>([
    [{ state: 'acknowledged', ...byAna }, 'Acknowledged by `ana` via chat, 03:12'],
    [
      { state: 'acknowledged', ...byAna, until: '2026-03-01T11:12:40.000Z' },
      'Acknowledged by `ana` via chat, 03:12, until 11:12',
    ],
    [
      { state: 'acknowledged', ...byAna, note: 'on it' },
      'Acknowledged by `ana` via chat, 03:12: “prose<on it>”',
    ],
    [
      { state: 'snoozed', ...byAna, until: '2026-03-02T03:12:40.000Z' },
      'Snoozed by `ana` via chat, 03:12, until 2026-03-02 03:12',
    ],
    [{ state: 'resolved', ...byAna }, 'Resolved by `ana` via chat, 03:12'],
    [{ state: 'resolved', ...byAna, via: 'vendor' }, 'Resolved by the vendor, 03:12'],
    [{ state: 'open', ...byAna }, 'Open again since 03:12'],
    [{ occurrences: 11, lastSeenAt: '2026-03-01T03:16:00.000Z' }, 'Seen 11 times, last at 03:16'],
    [{ escalatedTo: 'tier 2' }, 'Escalated to prose<tier 2>'],
    [
      { state: 'acknowledged', ...byAna, escalatedTo: 'tier 2', occurrences: 3 },
      'Acknowledged by `ana` via chat, 03:12 · Escalated to prose<tier 2> · Seen 3 times',
    ],
    [{ state: 'resolved', ...byAna, escalatedTo: 'tier 2' }, 'Resolved by `ana` via chat, 03:12'],
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
      'รับทราบแล้ว โดย `ana` ทาง chat เมื่อ 10:12 จนถึง 18:12',
    );
  });

  it('is not said while nobody did anything', () => {
    expect(said({})).toBeUndefined();
  });

  it('is said without a name or a note on a bare card', () => {
    const incident = { state: 'acknowledged', ...byAna, note: 'n', escalatedTo: 'x' } as const;
    expect(said(incident, { form: 'bare' })).toBe('Acknowledged via chat, 03:12');
    expect(said(incident, { form: 'short' })).not.toContain('prose<n>');
  });

  it('names no door that is not ours', () => {
    expect(said({ state: 'resolved', ...byAna, via: '@channel' })).toBe('Resolved by `ana`, 03:12');
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
  ['2026-02-28T23:59:59.000Z', '2026-02-28 23:59'],
  [null, ''],
  ['soon', ''],
])('the time %s is short on the day of the card', (iso, expected) => {
  const [part] = shortTime(iso, near, languages.en);
  expect(part?.text ?? '').toBe(expected);
});
