// Patterns that fit nothing: types that no source sends, and regular expressions where * and ? are
// meant.
import { expect, it } from 'vitest';
import { all, createLinter } from './policy.ts';

const { remarks } = createLinter();

const matching = (match: string) =>
  remarks(`  - { name: r, match: { ${match} }, to: [soc] }\n${all}`);
it.each([
  ['RANSOMWARE', ' Did you mean "RANSOMWARE_FILE_ENCRYPTION"?'],
  ['STATIC_ANALYSYS', ' Did you mean "STATIC_ANALYSIS"?'],
  ['XYZ*', ''],
])('a type that no source sends is remarked on: %s', (type, hint) => {
  expect(matching(`types: [${type}]`)).toEqual([
    `unknown_type tocsin.yaml:6:33 routes[0].match.types[0] matches no type that these sources are known to send.${hint} A new release of the vendor may bring it; until then this never matches`,
  ]);
});

it('a type of one of the streams, one about a device, and one of unreadable items are not remarked on', () => {
  for (const type of ['RANSOM*', 'script_control_*', 'D_CLIENT_CRASH', 'UNRECOGNISED', '*'])
    expect(matching(`types: ["${type}"]`)).toEqual([]);
  expect(matching('sources: [suspicious], types: [STATIC_ANALYSIS]')).toHaveLength(1);
});

it.each([
  '/^SRV-\\\\d+/',
  '^SRV',
  'SRV-\\\\d',
  '(SRV|DC)+',
  'PC[0-9]+',
  'PC\\\\.example',
  'PC-.{3}',
])('a regular expression where only * and ? mean something is remarked on: %s', (pattern) => {
  expect(matching(`devices: ["${pattern}"]`)).toEqual([
    expect.stringMatching(
      /^regular_expression \S+ routes\[0\]\.match\.devices\[0\] looks like a regular expression/,
    ),
  ]);
});

it.each(['SRV-*', '[Prod] Servers', 'srv.*', 'PC$', 'Bakery (Berlin)', 'C++', 'a/b'])(
  'what looks like no regular expression is not remarked on: %s',
  (pattern) => {
    expect(matching(`groups: ["${pattern}"]`)).toEqual([]);
  },
);
