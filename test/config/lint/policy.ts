// Policies to be judged: two sources of one console, two sinks, and the routes that a test writes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type ConfigReading, readConfig } from '../../../src/config/index.ts';
import { lint, type Remark } from '../../../src/config/lint/index.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';

/** A Wednesday, ten days before Europe changes to summer time. */
export const nowMs = Date.parse('2026-03-18T09:41:00Z');
export const hook = 'https://chat.example.com/hooks/3hook5id7of9twenty6letters';
const env = {
  KEY: 'key-of-an-api-connector',
  HOOK: hook,
  TOCSIN_CONFIG: 'tocsin.yaml',
  TZ: 'Asia/Bangkok',
};

export const adapters = `sources:
  events: { type: deepinstinct_events, url: "https://a.example.com", token: "\${KEY}" }
  suspicious: { type: deepinstinct_suspicious_events, url: "https://a.example.com", token: "\${KEY}" }
sinks: { soc: { type: mattermost, url: "\${HOOK}" }, boss: { type: stdout } }
`;
/** A route that sends everything to everybody. */
export const all = '  - { name: all, to: [soc, boss] }\n';

export interface Linter {
  /** Reads a text as tocsin.yaml. */
  read(yaml: string): ConfigReading;
  /** Reads variables alone. */
  readVariables(variables: Readonly<Record<string, string>>): ConfigReading;
  /** What is remarked on a whole file, as lines: rule, place, text. */
  remarksOn(yaml: string): string[];
  /** What is remarked on these routes, behind the sources and sinks of {@link adapters}. */
  remarks(routes: string): string[];
}

export function createLinter(): Linter {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tocsin-lint-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const readVariables: Linter['readVariables'] = (variables) =>
    readConfig({ env: variables, directory, registries: { sources, sinks } });
  const read: Linter['read'] = (yaml) => {
    writeFileSync(join(directory, 'tocsin.yaml'), yaml);
    return readVariables(env);
  };
  const remarksOn: Linter['remarksOn'] = (yaml) => lint(read(yaml), nowMs).map(lineOf);
  const remarks: Linter['remarks'] = (routes) => remarksOn(`${adapters}routes:\n${routes}`);
  return { read, readVariables, remarksOn, remarks };
}

function lineOf({ rule, where, text }: Remark): string {
  return `${rule} ${where} ${text}`;
}
