// examples/ and the files of the manifests: each is a configuration, and one about which check has
// nothing to say.
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fitsJsonSchema } from '../config/json-schema-check.ts';
import { beside, odditiesOf, readExample } from '../support/example-config.ts';
import { projectFiles, readProjectFile } from './project-files.ts';

const files = projectFiles().filter((path) => /^examples\/.*\.yaml$/.test(path));
const mounted = projectFiles().filter((path) => /^k8s\/.*\btocsin\.yaml$/.test(path));

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
    expect(odditiesOf(text)).toEqual([]);
    expect(fitsJsonSchema(parse(text))).toEqual([]);
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../docs/tocsin.schema.json');
    expect(text.split('\n')[1]).toMatch(/^# \S/);
  });

  test.each(mounted)('%s of the manifests is right, and nothing about it is odd', (path) => {
    expect(odditiesOf(readProjectFile(path), beside)).toEqual([]);
  });

  test('would be found wrong or odd if they were', () => {
    const text = readProjectFile('examples/by-severity.yaml');
    expect(() => readExample(text.replace('to: [noise]', 'to: [nobody]'))).toThrow();
    expect(odditiesOf(text.replace('min_severity: MEDIUM', 'min_severity: INFO'))).not.toEqual([]);
    expect(fitsJsonSchema(parse(text.replace('routes:', 'rotes:')))).not.toEqual([]);
    expect(mounted).toContain('k8s/example/tocsin.yaml');
    const one = readProjectFile('k8s/example/tocsin.yaml').replace(
      /^ {2}deepinstinct_suspicious_events:\n( {4}.*\n)+/m,
      '',
    );
    expect(odditiesOf(one, beside)).toEqual([
      expect.stringContaining('stream suspicious nobody reads'),
    ]);
  });
});
