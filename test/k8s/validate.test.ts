// What a cluster of the oldest and of the newest Kubernetes would say, by their own schemas, strictly:
// for every overlay, example and permutation of the chart. Needs kubernetes-validate, which knows no
// custom resources: schema.ts holds those.
import { expect, test } from 'vitest';
import { permutations, template } from './chart.ts';
import { rendered } from './manifests.ts';
import { describeWith, type Run, runTool } from './tools.ts';

/** The one of Chart.yaml, and the newest that the tool knows. */
const versions = ['1.28', '1.37'];
const overlays = ['single', 'postgres', 'ha', 'example', 'example-monitored'];

function validate(text: string, version: string): Run {
  return runTool('kubernetes-validate', ['--strict', '-k', version, '-'], text);
}

/** As JSON, which every reader of YAML takes for the same: `on` as a text, for one. */
const textOf = (overlay: string): string =>
  rendered(overlay)
    .map((manifest) => JSON.stringify(manifest))
    .join('\n---\n');

describeWith(['kubernetes-validate', 'kubectl'], 'the overlays', () => {
  test.each(versions.flatMap((version) => overlays.map((overlay) => [overlay, version] as const)))(
    '%s is what Kubernetes %s takes',
    (overlay, version) => {
      const { status, output } = validate(textOf(overlay), version);
      expect(output).not.toMatch(/ERROR/);
      expect(status).toBe(0);
    },
  );

  test('with a misspelt field are refused, by its place', () => {
    const broken = textOf('postgres').replace(
      'terminationGracePeriodSeconds',
      'terminationGraceSeconds',
    );
    const { status, output } = validate(broken, versions.at(-1)!);
    expect(status).not.toBe(0);
    expect(output).toContain('terminationGraceSeconds');
  });
});

describeWith(
  ['kubernetes-validate', 'helm'],
  'the permutations of the chart, with its tests',
  () => {
    const all = ['defaults', ...permutations];
    test.each(versions.flatMap((version) => all.map((name) => [name, version] as const)))(
      '%s is what Kubernetes %s takes',
      (name, version) => {
        const { stdout } = template(name);
        expect(stdout).toContain('kind: Deployment');
        const { status, output } = validate(stdout, version);
        expect(output).not.toMatch(/ERROR/);
        expect(status).toBe(0);
      },
    );

    test('with a misspelt field are refused, by its place', () => {
      const { stdout } = template('defaults', [
        '--set',
        'extraVolumes[0].name=a,extraVolumes[0].emptyDri.medium=Memory',
      ]);
      const { status, output } = validate(stdout, versions[0]!);
      expect(status).not.toBe(0);
      expect(output).toContain('emptyDri');
    });
  },
);
