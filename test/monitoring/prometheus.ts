// Prometheus and promtool for tests, where Debian's package `prometheus` is installed, and the
// alert rules as they read them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { readProjectFile } from '../tree/project-files.ts';

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface PrometheusRule {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
  };
}

export const prometheusRule = parse(
  readProjectFile('k8s/monitoring/alerts.yaml'),
) as PrometheusRule;
export const rules = prometheusRule.spec.groups.flatMap((group) => group.rules);
export const alerts = rules.filter(
  (rule): rule is Rule & { readonly alert: string } => rule.alert !== undefined,
);

/** Why the tests that need it are skipped; undefined where it is installed. */
export const missing =
  spawnSync('promtool', ['--version']).error === undefined
    ? undefined
    : 'promtool is not installed; `apt-get install prometheus` brings it';

/** Runs promtool in `folder`. */
export function promtool(
  folder: string,
  args: readonly string[],
  input = '',
): { ok: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, {
    cwd: folder,
    input,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { ok: status === 0, output: stdout + stderr };
}

/** A folder that ends with the test, with `rules.yaml` in it. @param change of each rule */
export function folderWithRules(change: (rule: Rule) => Rule = (rule) => rule): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-prometheus-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const groups = prometheusRule.spec.groups.map((group) => ({
    ...group,
    rules: group.rules.map(change),
  }));
  writeFileSync(join(folder, 'rules.yaml'), stringify({ groups }));
  return folder;
}
