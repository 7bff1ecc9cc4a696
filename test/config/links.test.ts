// Where cards lead, as tocsin.yaml says it: https alone, one place to fill in, and nothing unless
// somebody asks for it.
import { expect, it, test } from 'vitest';
import type { Part } from '../../src/kit/card.ts';
import { createSinks } from '../../src/service/adapters.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { storedEvent } from '../support/events.ts';
import { createLoader, token } from './loader.ts';

const { loadYaml, yamlProblems } = createLoader({ sources, sinks });

function linksOf(yaml: string): string[] {
  const http = { request: () => Promise.reject(new Error('not sent')), close: async () => {} };
  const made = createSinks(
    loadYaml(yaml, { DEEPINSTINCT_URL: 'https://console.example', TOKENS_KEY: token }),
    { sources, sinks },
    { http, now: Date.now },
  );
  return made.flatMap(({ voice }) => {
    const { card } = voice.message(storedEvent(), { form: 'full', showTenant: false });
    const parts: Part[] = [...card.fields, ...card.details].flatMap(({ value }) => value);
    return parts.flatMap((part) => (part.kind === 'link' ? [part.url] : []));
  });
}

const twoSinks = `sinks: { a: { type: stdout }, b: { type: webhook, url: "https://in.example/" } }\n`;

it('leads nowhere by default', () => {
  expect(linksOf(twoSinks)).toEqual([]);
});

it('says them for sinks of every type', () => {
  const links = `links:
  hash: https://scan.example/file/{hash}
  technique: https://attack.example/{technique}
`;
  const { hash } = storedEvent().body.file!;
  const led = [
    'https://attack.example/T1059/001',
    'https://attack.example/T1486',
    `https://scan.example/file/${hash}`,
  ];
  expect(linksOf(`${twoSinks}${links}`)).toEqual([...led, ...led]);
});

test.each([
  [
    '{ hash: "http://scan.example/{hash}" }',
    'tocsin.yaml:1:10 links.hash is no https address. Write an address such as https://www.virustotal.com/gui/file/{hash}',
  ],
  [
    '{ technique: "https://attack.example/" }',
    'tocsin.yaml:1:10 links.technique needs {technique} once, and no other { or }. Write an address such as https://attack.mitre.org/techniques/{technique}/',
  ],
  [
    '{ hash: "https://{hash}.example/" }',
    'tocsin.yaml:1:10 links.hash has {hash} in its host. Write an address such as https://www.virustotal.com/gui/file/{hash}',
  ],
  [
    '{ event: "https://a.example/{id}" }',
    'tocsin.yaml:1:10 links "event" is not a key that belongs here. Known keys: hash, technique.',
  ],
  [
    '"https://a.example/"',
    'tocsin.yaml:1:1 links is not a map. Expected: a map with hash and technique',
  ],
])('refuses %s', (written, problem) => {
  expect(yamlProblems(`links: ${written}\n`)[0]).toBe(problem);
});
