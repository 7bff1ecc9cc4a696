// The alert rules: they can be read, each fires when it should and only then, and leads to its
// section of the runbook.
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { anchorsOf } from '../tree/documents.ts';
import { readProjectFile } from '../tree/project-files.ts';
import { root } from '../tree/source-files.ts';
import {
  alerts,
  folderWithRules,
  missing,
  prometheusRule,
  promtool,
  type Rule,
  rules,
} from './prometheus.ts';

const cases = readdirSync(`${root}test/monitoring/rules`);

interface Case {
  readonly alert_rule_test: readonly {
    readonly eval_time: string;
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
  }[];
}

interface CaseFile {
  readonly evaluation_interval: string;
  readonly tests: readonly Case[];
}

interface Look {
  readonly minutes: number;
  readonly isFiring: boolean;
}

/** The alerts that the case looks at. */
function namesOf({ alert_rule_test }: Case): string[] {
  return [...new Set(alert_rule_test.map(({ alertname }) => alertname))];
}

function looksAt({ alert_rule_test }: Case, name: string): Look[] {
  return alert_rule_test
    .filter(({ alertname }) => alertname === name)
    .map(({ eval_time, exp_alerts }) => ({
      minutes: minutesOf(eval_time),
      isFiring: exp_alerts.length > 0,
    }))
    .sort((a, b) => a.minutes - b.minutes);
}

/** @param duration as the cases have it: `90m` */
function minutesOf(duration: string): number {
  expect(duration).toMatch(/^\d+m$/);
  return Number(duration.slice(0, -1));
}

/**
 * The last quiet look is one evaluation before the first that fires, and the last of all is quiet.
 */
function isWhole(looks: readonly Look[], everyMinutes: number): boolean {
  const first = looks.findIndex(({ isFiring }) => isFiring);
  if (first < 1 || looks.at(-1)!.isFiring) return false;
  return looks[first]!.minutes - looks[first - 1]!.minutes === everyMinutes;
}

/** The summary is what people read first; the tests of the rules compare no other text. */
function withSummaryOnly(rule: Rule): Rule {
  return rule.annotations ? { ...rule, annotations: { summary: rule.annotations.summary! } } : rule;
}

describe('the alert rules', () => {
  test('are an object that the Prometheus operator takes', () => {
    expect(prometheusRule).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
    });
    expect(Object.keys(prometheusRule).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(Object.keys(prometheusRule.spec)).toEqual(['groups']);
  });

  test('are such that Prometheus can read them', ({ skip }) => {
    skip(missing !== undefined, missing);
    const { ok, output } = promtool(folderWithRules(), [
      'check',
      'rules',
      '--lint-fatal',
      'rules.yaml',
    ]);
    expect(ok, output).toBe(true);
    expect(output).toContain(`${rules.length} rules found`);
  });

  test.for(cases)(
    'fire when they should, and only then: %s',
    { timeout: 60_000 },
    (file, { skip }) => {
      skip(missing !== undefined, missing);
      const folder = folderWithRules(withSummaryOnly);
      copyFileSync(`${root}test/monitoring/rules/${file}`, join(folder, file));
      const { ok, output } = promtool(folder, ['test', 'rules', file]);
      expect(ok, output).toBe(true);
    },
  );

  test('are each tried to the minute: quiet, firing at the next look, and quiet again when it is over', () => {
    const files = cases.map(
      (file) => parse(readProjectFile(`test/monitoring/rules/${file}`)) as CaseFile,
    );
    const whole = files.flatMap(({ tests, evaluation_interval }) =>
      tests.flatMap((one) =>
        namesOf(one).filter((name) => isWhole(looksAt(one, name), minutesOf(evaluation_interval))),
      ),
    );
    expect(new Set(whole)).toEqual(new Set(alerts.map(({ alert }) => alert)));
  });

  test('ask for every metric that the page of metrics names, but those of which it says so', () => {
    const page = readProjectFile('docs/metrics.md');
    const namesIn = (text: string) => text.match(/\btocsin_\w+/g) ?? [];
    const [told = ''] = /^It has none for[^.]*\./m.exec(page.replaceAll('. It', '.\nIt')) ?? [];
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((line) => namesIn(line.split('|')[1]!));
    expect(named.length).toBeGreaterThan(20);
    const asked = new Set(rules.flatMap(({ expr }) => namesIn(expr)));
    expect(namesIn(told).sort()).toEqual(named.filter((name) => !asked.has(name)).sort());
  });

  test('have each a case in which they stay quiet', () => {
    const tests = cases.flatMap(
      (file) => (parse(readProjectFile(`test/monitoring/rules/${file}`)) as CaseFile).tests,
    );
    const quiet = tests.flatMap((one) =>
      namesOf(one).filter((name) => looksAt(one, name).every(({ isFiring }) => !isFiring)),
    );
    expect(new Set(quiet)).toEqual(new Set(alerts.map(({ alert }) => alert)));
  });

  test('say how grave it is, what it means in a line and in some more, and where to read on', () => {
    const runbook = readProjectFile('docs/runbook.md');
    const anchors = anchorsOf({ path: 'docs/runbook.md', text: runbook });
    for (const { alert, labels, annotations, for: wait } of alerts) {
      expect(['critical', 'warning'], alert).toContain(labels?.severity);
      expect(Object.keys(annotations ?? {}), alert).toEqual([
        'summary',
        'description',
        'runbook_url',
      ]);
      expect(annotations!.summary!.length, alert).toBeLessThan(90);
      expect(annotations!.description!.length, alert).toBeGreaterThan(80);
      expect(annotations!.runbook_url, alert).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
      expect(anchors, alert).toContain(alert.toLowerCase());
      const [, section = ''] = runbook.split(`\n## ${alert}\n`);
      const parts = section.split('\n## ')[0]!.match(/^\*\*\w+\.\*\*/gm);
      expect(parts, alert).toEqual(['**Means.**', '**Look.**', '**Do.**']);
      expect(wait, alert).toBeDefined();
    }
  });
});
