// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// Whom a route pings: each of its sinks that can, in the syntax of its product.
import { expect, it } from 'vitest';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';
import { createLoader, hook, three } from '../loader.ts';

const { loadYaml, yamlFaults } = createLoader({ sources, sinks });
const env = { ...three, HOOK: hook };
const written = (rest: string) =>
  `sinks:
  soc: { type: mattermost, url: "\${HOOK}", mention: "@usual" }
  chat: { type: slack, url: https://hooks.slack.example/services/T/B/x }
  out: { type: stdout }
routes: [{ name: r, ${rest} }]
`;
const settings = (rest: string) =>
  Object.fromEntries(loadYaml(written(rest), env).routes[0]?.settings ?? []);
const faults = (rest: string) =>
  yamlFaults(written(rest), env).map((fault) => fault.replace(/^\S+ routes\[0\]\.?/, ''));

it('each sink pings the names that are in its syntax', () => {
  expect(settings('to: [soc, chat, out], mention: ["@soc", "!here", "@lead"]')).toEqual({
    soc: { mention: '@soc @lead' },
    chat: { mention: '!here' },
  });
});

it('from a severity up, and what is said of a sink alone comes first', () => {
  const rest = 'to: [soc, { sink: chat, mention: "!channel" }], mention: ["@soc", "!here"]';
  expect(settings(`${rest}, mention_from: HIGH`)).toEqual({
    soc: { mention: '@soc', mention_from: 'HIGH' },
    chat: { mention: '!channel', mention_from: 'HIGH' },
  });
});

it('a product that takes one name alone pings the first', () => {
  expect(settings('to: [chat], mention: ["!here", "!channel"]')).toEqual({
    chat: { mention: '!here' },
  });
});

it('a route that says nothing sets nothing', () => {
  expect(settings('to: [soc, chat]')).toEqual({});
});

it.each([
  ['to: [out], mention: "@soc"', 'mention pings nobody: none of these sinks can mention anybody'],
  ['to: [soc], mention: "!here"', 'mention "!here" is no mention: '],
  ['to: [soc], mention: ["@soc", "here"]', 'mention "here" is no mention: '],
  ['to: [soc], mention_from: HIGH', 'mention_from is written, and no mention is'],
  ['to: [soc], mention: "@soc", mention_from: GRAVE', 'mention_from "GRAVE" is not a severity'],
])('refuses %s', (rest, fault) => {
  expect(faults(rest)).toEqual([expect.stringContaining(fault)]);
});
