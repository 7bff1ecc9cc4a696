// examples/ and the files of the manifests: each is a configuration, and one about which check has
// nothing to say.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/index.ts';
import { lint } from '../../src/config/lint/index.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { fitsJsonSchema } from '../config/json-schema-check.ts';
import { projectFiles, readProjectFile } from './project-files.ts';

const secrets = mkdtempSync(join(tmpdir(), 'tocsin-examples-'));
afterAll(() => rmSync(secrets, { recursive: true, force: true }));

const key = 'key-of-an-api-connector';
const hook = 'https://chat.example.com/hooks/abcdefghijklmnopqrstuvwxyz';
const signing = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
/** What the manifests give to the container beside the file. */
const beside = {
  DEEPINSTINCT_URL: hook,
  START_FROM: '24h',
  TOKENS_KEY: key,
  MATTERMOST_WEBHOOK_URL: hook,
};
const files = projectFiles().filter((path) => /^examples\/.*\.yaml$/.test(path));
const mounted = projectFiles().filter((path) => /^k8s\/.*\btocsin\.yaml$/.test(path));

function settingOf(name: string): string {
  if (name.endsWith('KEY')) return key;
  return name.endsWith('SECRET') ? signing : hook;
}

/** Whatever it refers to is set, and the files of secrets lie in a folder of this test. */
function read(text: string, more: Readonly<Record<string, string>> = {}) {
  const named = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, settingOf(name)]);
  writeFileSync(join(secrets, 'tokens_key'), key);
  writeFileSync(join(secrets, 'webhook'), hook);
  writeFileSync(join(secrets, 'tocsin.yaml'), text.replaceAll('/run/secrets/', `${secrets}/`));
  const env = { ...Object.fromEntries(named), ...more, TOCSIN_CONFIG: 'tocsin.yaml' };
  return readConfig({ env, directory: secrets, registries: { sources, sinks } });
}

/** Times of the policy are looked at from a Wednesday on. */
function oddities(text: string, more?: Readonly<Record<string, string>>): string[] {
  const reading = read(text, more);
  const remarks = lint(reading, Date.parse('2026-03-18T09:41:00Z'));
  return [
    ...reading.config.warnings,
    ...remarks.map(({ where, text: said }) => `${where} ${said}`),
  ];
}

describe('the examples', () => {
  test('are named in a table, and nothing else is', () => {
    const rows = [...readProjectFile('examples/README.md').matchAll(/^\| `([^`]+)`/gm)].map(
      ([, path]) => path,
    );
    expect(files.length).toBeGreaterThanOrEqual(5);
    expect(rows.sort()).toEqual([...files].sort());
    expect(readProjectFile('README.md')).toContain('(examples)');
  });

  test.each(files)('%s is right, and nothing about it is odd', (path) => {
    const text = readProjectFile(path);
    expect(oddities(text)).toEqual([]);
    expect(fitsJsonSchema(parse(text))).toEqual([]);
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../docs/tocsin.schema.json');
    expect(text.split('\n')[1]).toMatch(/^# \S/);
  });

  test.each(mounted)('%s of the manifests is right, and nothing about it is odd', (path) => {
    expect(oddities(readProjectFile(path), beside)).toEqual([]);
  });

  test('would be found wrong or odd if they were', () => {
    const text = readProjectFile('examples/by-severity.yaml');
    expect(() => read(text.replace('to: [noise]', 'to: [nobody]'))).toThrow();
    expect(oddities(text.replace('min_severity: MEDIUM', 'min_severity: INFO'))).not.toEqual([]);
    expect(fitsJsonSchema(parse(text.replace('routes:', 'rotes:')))).not.toEqual([]);
    expect(mounted).toContain('k8s/example/tocsin.yaml');
    const one = readProjectFile('k8s/example/tocsin.yaml').replace(
      /^ {2}deepinstinct_suspicious_events:\n( {4}.*\n)+/m,
      '',
    );
    expect(oddities(one, beside)).toEqual([
      expect.stringContaining('stream suspicious nobody reads'),
    ]);
  });
});
