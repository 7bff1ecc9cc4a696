// The dashboards as files: Grafana can import them, and they are what their generator writes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readProjectFile } from '../tree/project-files.ts';
import { root } from '../tree/source-files.ts';
import { dashboards, names, shownPanels } from './dashboards.ts';

describe('the dashboards', () => {
  test('are what the generator writes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-dashboards-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const run = spawnSync(process.execPath, [
      `${root}k8s/monitoring/dashboards/generate.mjs`,
      folder,
    ]);
    expect(run.status, String(run.stderr)).toBe(0);
    for (const name of names)
      expect(
        readFileSync(join(folder, `${name}.json`), 'utf8'),
        'run node k8s/monitoring/dashboards/generate.mjs',
      ).toBe(readProjectFile(`k8s/monitoring/dashboards/${name}.json`));
  });

  test('can be imported anywhere: they name no data source, namespace or job but by variables', () => {
    for (const dashboard of dashboards) {
      expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(38);
      expect(dashboard.templating.list.map(({ name }) => name)).toEqual([
        'datasource',
        'namespace',
        'job',
      ]);
      expect(dashboard.templating.list[0]).toMatchObject({
        type: 'datasource',
        query: 'prometheus',
      });
      const text = JSON.stringify(dashboard);
      const uids = [...text.matchAll(/"type":"prometheus","uid":"([^"]*)"/g)].map(([, uid]) => uid);
      expect(new Set(uids)).toEqual(new Set([`$\{datasource}`]));
      for (const { expr } of dashboard.panels.flatMap(({ targets = [] }) => targets))
        for (const [selector] of expr.matchAll(
          /(?<!\w)(tocsin|process|nodejs)_\w+\{[^}]*\}|\bup\{[^}]*\}/g,
        ))
          expect(selector).toContain('namespace=~"$namespace", job=~"$job"');
    }
  });

  test('lead to each other, and have ids, titles and places of their own', () => {
    expect(dashboards.map(({ uid }) => uid)).toEqual(names);
    expect(dashboards.flatMap(({ links }) => links.map(({ url }) => url)).sort()).toEqual(
      names.map((name) => `/d/${name}`).sort(),
    );
    for (const { panels } of dashboards) {
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
        expect(x + w).toBeLessThanOrEqual(24);
        return Array.from({ length: w * h }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`);
      });
      expect(new Set(cells).size).toBe(cells.length);
      expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    }
  });

  test('explain each panel', () => {
    for (const { name, panel } of shownPanels)
      expect(panel.description?.length ?? 0, name).toBeGreaterThan(15);
  });
});
