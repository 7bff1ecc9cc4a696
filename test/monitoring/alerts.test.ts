// The alert rules: they can be read, each fires when it should and only then, and leads to its section of the runbook.
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { anchorsOf } from '../tree/documents.ts';
import { readProjectFile } from '../tree/project-files.ts';
import { root } from '../tree/source-files.ts';
import { alerts, folderWithRules, missing, prometheusRule, promtool, type Rule, rules } from './prometheus.ts';

const cases = readdirSync(`${root}test/monitoring/rules`);

interface CaseFile {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

/** The summary is what people read first; the tests of the rules compare no other text. */
function withSummaryOnly(rule: Rule): Rule {
  return rule.annotations ? { ...rule, annotations: { summary: rule.annotations.summary! } } : rule;
}

describe('the alert rules', () => {
  test('are an object that the Prometheus operator takes', () => {
    expect(prometheusRule).toMatchObject({ apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' });
    expect(Object.keys(prometheusRule).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(Object.keys(prometheusRule.spec)).toEqual(['groups']);
  });

  test('are such that Prometheus can read them', ({ skip }) => {
    skip(missing !== undefined, missing);
    const { ok, output } = promtool(folderWithRules(), ['check', 'rules', '--lint-fatal', 'rules.yaml']);
    expect(ok, output).toBe(true);
    expect(output).toContain(`${rules.length} rules found`);
  });

  test.for(cases)('fire when they should, and only then: %s', { timeout: 60_000 }, (file, { skip }) => {
    skip(missing !== undefined, missing);
    const folder = folderWithRules(withSummaryOnly);
    copyFileSync(`${root}test/monitoring/rules/${file}`, join(folder, file));
    const { ok, output } = promtool(folder, ['test', 'rules', file]);
    expect(ok, output).toBe(true);
  });

  test('have each a case in which they fire and one in which they stay quiet', () => {
    const tried = cases
      .map((file) => parse(readProjectFile(`test/monitoring/rules/${file}`)) as CaseFile)
      .flatMap(({ tests }) => tests.flatMap((one) => one.alert_rule_test));
    const names = (isFiring: boolean) =>
      new Set(tried.filter((one) => one.exp_alerts.length > 0 === isFiring).map((one) => one.alertname));
    const expected = new Set(alerts.map(({ alert }) => alert));
    expect(names(true)).toEqual(expected);
    expect(names(false)).toEqual(expected);
  });

  test('say how grave it is, what it means in a line and in some more, and where to read on', () => {
    const anchors = anchorsOf({ path: 'docs/runbook.md', text: readProjectFile('docs/runbook.md') });
    for (const { alert, labels, annotations, for: wait } of alerts) {
      expect(['critical', 'warning'], alert).toContain(labels?.severity);
      expect(Object.keys(annotations ?? {}), alert).toEqual(['summary', 'description', 'runbook_url']);
      expect(annotations!.summary!.length, alert).toBeLessThan(90);
      expect(annotations!.description!.length, alert).toBeGreaterThan(80);
      expect(annotations!.runbook_url, alert).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
      expect(anchors, alert).toContain(alert.toLowerCase());
      expect(wait, alert).toBeDefined();
    }
  });
});
