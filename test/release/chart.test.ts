// The archive of the chart holds what Helm needs, and no time at which it was made.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { projectFiles, readProjectFile } from '../tree/project-files.ts';
import { root } from '../tree/source-files.ts';
import { script } from './scripts.ts';

const { packChart } = await script<{ packChart(folder: string, name: string): Buffer }>(
  'chart.mjs',
);
const archive = packChart(`${root}k8s/chart`, 'tocsin');
const tar = (...argv: readonly string[]) =>
  execFileSync('tar', argv, { input: archive, encoding: 'utf8' });

test('every file of the chart is in it, but what only its tests need', () => {
  const files = projectFiles()
    .filter((path) => /^k8s\/chart\/(?!ci\/|tests\/)/.test(path))
    .map((path) => path.replace('k8s/chart', 'tocsin'));
  expect(tar('-tzf', '-').trim().split('\n').sort()).toEqual(files.sort());
});

// Helm ends with an error at a link whose file is not in the archive.
test('what is a link in the sources is a file in it', () => {
  expect(tar('-tvzf', '-')).not.toMatch(/^l/m);
  expect(tar('-xzOf', '-', 'tocsin/files/alerts.yaml')).toBe(
    readProjectFile('k8s/monitoring/alerts.yaml'),
  );
});

test('it is the same whenever it is made', () => {
  expect(archive.equals(packChart(`${root}k8s/chart`, 'tocsin'))).toBe(true);
  expect(readFileSync(`${root}k8s/chart/.helmignore`, 'utf8')).toMatch(/^\/ci\/$/m);
});
