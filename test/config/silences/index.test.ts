// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// Silences that recur, as tocsin.yaml says them.
import { expect, it } from 'vitest';
import { createLoader } from '../loader.ts';

const { yamlProblems } = createLoader();

it.each<[string, string, string[]]>([
  [
    'a length of silences that is none',
    'silences: { max: 2y, min: 1h }\n',
    [
      'tocsin.yaml:1:22 silences "min" is not a key that belongs here. Known keys: max, recurring.',
      'tocsin.yaml:1:13 silences.max "2y" is not a duration from 1m to 366d. Write it as "90s", "5m", "24h", "7d", "2w" or "1y"',
    ],
  ],
  [
    'a silence that recurs without a reason or times',
    'silences: { recurring: [{ name: backup, every: sunday }] }\n',
    [
      'tocsin.yaml:1:25 silences.recurring[0].reason is missing. Expected: why, in at most 400 characters',
      'tocsin.yaml:1:25 silences.recurring[0].times is missing. Expected: a list of times',
      'tocsin.yaml:1:41 silences.recurring[0] "every" is not a key that belongs here. Known keys: name, reason, times, match, when, sinks.',
    ],
  ],
  [
    'silences that recur, for what each says',
    `silences:
  max: 1h
  recurring:
    - { name: a, reason: r, times: [{ from: "02:00", to: "03:00" }] }
    - { name: a, reason: " ", times: [{ from: "02:00", to: "03:00" }], match: { types: [A] } }
    - { name: b, reason: r, times: [{ from: "02:00", to: "02:00" }, { time_zone: Mars }], match: { types: [""] } }
    - { name: c, reason: r, times: [{ from: "02:00", to: "04:00" }], when: event.typ == "A", sinks: [sco] }
`,
    [
      'tocsin.yaml:4:7 silences.recurring[0] matches every event. Say in match or when what it is about',
      'tocsin.yaml:5:9 silences.recurring[1].name "a" is the name of an earlier one. Give each recurring silence a name of its own',
      'tocsin.yaml:5:7 silences.recurring[1] has no reason. Correct it',
      'tocsin.yaml:6:108 silences.recurring[2].match.types[0] is empty. Correct it',
      'tocsin.yaml:6:71 silences.recurring[2].times[1].time_zone "Mars" is not a time zone. Set it to a name such as "Asia/Bangkok", "Europe/Berlin" or "UTC"',
      'tocsin.yaml:6:37 silences.recurring[2].times[0] ends when it begins. Correct it',
      expect.stringMatching(
        /^tocsin.yaml:7:70 silences.recurring\[3\].when cannot be used: there is no field "typ"/,
      ),
      'tocsin.yaml:7:102 silences.recurring[3].sinks[0] "sco" is not a sink of this configuration. Known sinks: soc. Did you mean "soc"?',
      'tocsin.yaml:7:37 silences.recurring[3].times[0] is longer than silences.max allows. Shorten it',
    ],
  ],
])('refuses %s', (_, text, expected) => {
  expect(yamlProblems(text)).toEqual(expected);
});

it('judges each that recurs by itself, and what is right in one that is wrong', () => {
  const times = 'times: [{ from: "02:00", to: "03:00" }]';
  const text = [
    'silences:',
    '  recurring:',
    `    - { name: a, reason: 5, ${times}, match: { types: [""] } }`,
    `    - { name: b, reason: r, ${times}, match: { typs: [A] } }`,
    `    - { name: a, reason: r, ${times}, when: "\${WHEN}" }`,
    '    - 7',
    `    - { name: c, reason: r, times: [{ from: 2 }], sinks: [sco] }`,
  ];
  expect(yamlProblems(text.join('\n')).map((problem) => problem.split('. ')[0])).toEqual([
    'tocsin.yaml:5:76 ${WHEN} has no value',
    'tocsin.yaml:3:18 silences.recurring[0].reason is not a text',
    'tocsin.yaml:4:79 silences.recurring[1].match "typs" is not a key that belongs here',
    'tocsin.yaml:6:7 silences.recurring[3] is not a map',
    'tocsin.yaml:7:39 silences.recurring[4].times[0].from is not a text',
    'tocsin.yaml:3:87 silences.recurring[0].match.types[0] is empty',
    'tocsin.yaml:5:9 silences.recurring[2].name "a" is the name of an earlier one',
    'tocsin.yaml:7:59 silences.recurring[4].sinks[0] "sco" is not a sink of this configuration',
  ]);
});
