// Escalation without a way to stop it.
import { expect, it } from 'vitest';
import { readConfig } from '../../../src/config/index.ts';
import { lint } from '../../../src/config/lint/index.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';
import { adapters, createLinter, hook, nowMs } from './policy.ts';

const { remarks } = createLinter();
const step = 'escalate: [{ after: 15m, to: [boss] }]';
const routes = `  - { name: one, to: [soc], ${step} }\n  - { name: two, to: [soc], ${step} }\n`;

it('is remarked on once if no card can show a way to acknowledge', () => {
  expect(remarks(routes)).toEqual([
    'no_acknowledgement tocsin.yaml:6:29 routes[0].escalate tells more people while nobody acknowledges, and no card shows a way to do so: PUBLIC_URL is not set. Set it to the address of the page',
  ]);
});

it('is right where the page has an address', () => {
  const text = `${adapters}routes:\n${routes}`;
  const env = { KEY: 'key-of-an-api-connector', HOOK: hook, PUBLIC_URL: 'https://soc.example' };
  const file = { name: 'tocsin.yaml', where: 'draft', text };
  const around = { directory: '/', registries: { sources, sinks }, file };
  expect(lint(readConfig({ env, ...around }), nowMs)).toEqual([]);
});
