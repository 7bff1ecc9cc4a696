// Comparisons that always give the same result.
import { expect, it } from 'vitest';
import { all, createLinter } from './policy.ts';

const { remarks } = createLinter();

const when = (text: string) => remarks(`  - { name: r, when: '${text}', to: [soc] }\n${all}`);
it.each([
  [
    'event.severityName == "VERY_HIGH"',
    'event.severityName with "VERY_HIGH", which it never is. It is one of UNKNOWN,',
  ],
  ['"high" != event.severityName', 'event.severityName with "high", which it never is'],
  ['event.severityName in ["HIGH", "VERY_HIGH"]', 'event.severityName with "VERY_HIGH"'],
  [
    'event.device.name == "a" && event.severity > 5',
    'event.severity with 5, which is always false',
  ],
  ['6 >= event.severity', 'event.severity with 6, which is always true'],
  [
    'event.stream == "events"',
    'event.stream with "events", which it never is. It is one of event, suspicious.',
  ],
  [
    'event.source == "soc"',
    'event.source with "soc", which it never is. It is one of events, suspicious.',
  ],
  ['event.type == "RANSOMWARE"', 'event.type with "RANSOMWARE", which it never is'],
])('a comparison with what a field never is is remarked on: %s', (text, words) => {
  expect(when(text)).toEqual([
    expect.stringContaining(
      `constant_comparison tocsin.yaml:6:16 routes[0].when compares ${words}`,
    ),
  ]);
});

it.each([
  'event.severityName == "CRITICAL"',
  'event.severity >= 4',
  '3 < event.severity',
  'event.severity in [0, 5]',
  'event.status == "anything"',
  'event.file.type == "x"',
  'event.techniques.exists(type, type == "T1059")',
])('a comparison that may go either way is not remarked on: %s', (text) => {
  expect(when(text)).toEqual([]);
});
