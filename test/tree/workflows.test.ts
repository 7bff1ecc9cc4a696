// The workflows and forms of the code host: they run what a person can run, with the least rights.
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { manifest, projectFiles, readProjectFile } from './project-files.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix?: Readonly<Record<string, unknown>> };
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Everything that is wrong with the text of a workflow, in words. */
function faultsOf(text: string): string[] {
  const workflow = parse(text) as Workflow;
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);
  const uses = [...text.matchAll(/\buses: *(.+)$/gm)].map(([, action = '']) => action);
  return [
    ...uses.filter((action) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action)),
    ...rightsFaults(workflow),
    ...jobs.filter((job) => job['timeout-minutes'] === undefined).map(() => 'no timeout-minutes'),
    ...steps
      .filter((step) => step.uses?.startsWith('actions/checkout@'))
      .filter((step) => step.with?.['persist-credentials'] !== false)
      .map(() => 'persist-credentials'),
    ...(/\bsecrets\b/.test(text) ? ['secrets'] : []),
    ...('pull_request_target' in workflow.on ? ['pull_request_target'] : []),
    // What others write into a title or a branch's name would become a part of the script.
    ...steps.filter(({ run }) => run?.includes('${{')).map(() => 'an expression in a script'),
  ];
}

/**
 * Either all jobs read the sources and nothing else, or each says its rights: those that only publish
 * have some, and run no code of the project or of its packages.
 */
function rightsFaults({ permissions, jobs }: Workflow): string[] {
  const all = Object.values(jobs);
  if (JSON.stringify(permissions) === '{"contents":"read"}')
    return all.filter((job) => job.permissions !== undefined).map(() => 'permissions of a job');
  if (JSON.stringify(permissions) !== '{}') return ['permissions'];
  return all.flatMap((job) => {
    if (job.permissions === undefined) return ['a job without permissions'];
    const runsCode = job.steps.some(({ run }) => /\b(npm|npx|node|bash)\b/.test(run ?? ''));
    const writes = Object.values(job.permissions).includes('write');
    return writes && runsCode ? ['a job that writes and runs code of the project'] : [];
  });
}

const workflows = projectFiles()
  .filter((path) => path.startsWith('.github/workflows/'))
  .map((path) => ({ path, text: readProjectFile(path) }));
const ci = parse(readProjectFile('.github/workflows/ci.yml')) as Workflow;

describe('the workflows', () => {
  test('pin every action, hold the least rights and know no secret', () => {
    expect(workflows.length).toBeGreaterThan(0);
    for (const { path, text } of workflows) expect(faultsOf(text), path).toEqual([]);
  });

  const { text } = workflows[0]!;
  const sha = /actions\/checkout@[0-9a-f]{40} # v[\d.]+/;
  const breaks: Readonly<Record<string, string>> = {
    'an action by its tag': text.replace(sha, 'actions/checkout@v7'),
    'an action without its version': text.replace(sha, `actions/checkout@${'0'.repeat(40)}`),
    'rights that are not said': text.replace('permissions:\n  contents: read', ''),
    'the right to write': text.replace('contents: read', 'contents: write'),
    'a job with rights of its own': text.replace(
      '    timeout-minutes',
      '    permissions: {}\n    timeout-minutes',
    ),
    'a job without an end': text.replace(/ {4}timeout-minutes: \d+\n/, ''),
    'a checkout that keeps its token': text.replace('persist-credentials: false', 'clean: true'),
    'a secret': text.replace(
      '- run: npm ci',
      '- run: npm ci\n        env:\n          A: $' + '{{ secrets.A }}',
    ),
    'a run of strangers’ code with rights': text.replace(
      '  pull_request:',
      '  pull_request_target:',
    ),
    'an expression in a script': text.replace('npm ci', 'npm ci $' + '{{ github.head_ref }}'),
  };
  test.each(Object.entries(breaks))('%s is found', (_name, broken) => {
    expect(broken).not.toBe(text);
    expect(faultsOf(broken)).not.toEqual([]);
  });

  const release = workflows.find(({ path }) => path.endsWith('/release.yml'))!.text;
  const releaseBreaks: Readonly<Record<string, string>> = {
    'rights for all jobs': release.replace('permissions: {}', 'permissions: write-all'),
    'a job that says no rights': release.replace('    permissions:\n      contents: read\n', ''),
    'code of the project beside the right to write': release.replace(
      '- run: rm ',
      '- run: npm ci\n      - run: rm ',
    ),
  };
  test.each(Object.entries(releaseBreaks))('%s of a release is found', (_name, broken) => {
    expect(broken).not.toBe(release);
    expect(faultsOf(release)).toEqual([]);
    expect(faultsOf(broken)).not.toEqual([]);
  });

  test('run what a person runs: .ci/run, scripts of the package, files that exist', () => {
    const runs = workflows.flatMap((workflow) =>
      Object.values((parse(workflow.text) as Workflow).jobs).flatMap((job) =>
        job.steps.flatMap(({ run }) => run ?? []),
      ),
    );
    expect(runs).toContain('bash .ci/run');
    for (const run of runs) {
      const name = /^npm (?:run )?([\w:]+)$/.exec(run)?.[1];
      if (name !== undefined && name !== 'ci')
        expect(Object.keys(manifest.scripts)).toContain(name);
      const file = /^node (\S+)$/.exec(run)?.[1];
      if (file !== undefined) expect(projectFiles()).toContain(file);
    }
    const knownBeginning =
      /^(bash \.ci\/run|npm |node test\/|sudo apt-get |docker run |pipx install |zizmor |go install |~\/go\/bin\/|google-chrome )/;
    const ofRelease =
      /^(node release\/|sha256sum |cosign |gh release |rm \.\/|printenv TOKEN \||version=)/;
    const isKnown = (run: string) => knownBeginning.test(run) || ofRelease.test(run);
    expect(runs.filter((run) => !isKnown(run))).toEqual([]);
  });

  test('try the pairs of Node and Postgres that the page about compatibility shows, and no others', () => {
    const [oldest] = /\d+/.exec(manifest.engines.node)!;
    const page = readProjectFile('docs/compatibility.md');
    const table = page.split('\n## Node and Postgres\n')[1]!.split('\n## ')[0]!;
    const cells = (line: string) => line.split('|').map((cell) => cell.trim());
    const [head = '', , ...rows] = table.split('\n').filter((line) => line.startsWith('|'));
    const numberOf = (cell: string) => Number(/\d+/.exec(cell)?.[0]);
    const shown = {
      node: rows.map((row) => numberOf(cells(row)[1]!)),
      postgres: cells(head).filter(Boolean).map(numberOf),
    };
    expect(shown.node[0]).toBe(Number(oldest));
    expect(shown.postgres.at(0)).toBe(15);
    expect(ci.jobs.tests?.strategy?.matrix).toEqual(shown);
    for (const row of rows) expect(cells(row).slice(2, -1)).toEqual(shown.postgres.map(() => 'CI'));
  });
});

describe('the rest for the code host', () => {
  test('names a Node that the package takes', () => {
    const [oldest] = /\d+/.exec(manifest.engines.node)!;
    expect(Number(readProjectFile('.nvmrc'))).toBeGreaterThanOrEqual(Number(oldest));
  });

  test('asks for what a report needs, and sends vulnerabilities elsewhere', () => {
    const forms = projectFiles().filter((path) => path.startsWith('.github/ISSUE_TEMPLATE/'));
    const bug = forms.find((path) => path.endsWith('bug.yml'))!;
    const fields = (parse(readProjectFile(bug)) as { body: { id?: string }[] }).body;
    expect(fields.flatMap(({ id }) => id ?? [])).toEqual(
      expect.arrayContaining(['happened', 'check', 'log', 'version']),
    );
    expect(readProjectFile(bug)).toContain('SECURITY.md');
    for (const path of forms) expect(() => parse(readProjectFile(path)), path).not.toThrow();
  });

  test('updates packages, actions and the image, none of them on its first day', () => {
    const { updates } = parse(readProjectFile('.github/dependabot.yml')) as {
      updates: { 'package-ecosystem': string; cooldown: { 'default-days': number } }[];
    };
    const ecosystems = updates.map((update) => update['package-ecosystem']);
    expect(ecosystems.sort()).toEqual(['docker', 'github-actions', 'npm']);
    for (const { cooldown } of updates) expect(cooldown['default-days']).toBeGreaterThanOrEqual(3);
  });
});
