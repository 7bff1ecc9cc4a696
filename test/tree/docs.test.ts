// The documents: what they name exists, what they tell a reader to type works, and they quote no
// code that could grow old.
import { existsSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { commandVariables, knownVariables, tracingVariables } from '../../src/config/read/known.ts';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import {
  anchorsOf,
  blocksOf,
  commandLinesOf,
  type Document,
  linksOf,
  pathsIn,
  quotesOf,
  readDocuments,
  withoutBlocks,
} from './documents.ts';
import { manifest, projectFiles, readProjectFile } from './project-files.ts';
import { readSourceFiles, root } from './source-files.ts';
import { documentsWithPrograms } from './worked-example.ts';

const documents = readDocuments();
const readme = documents.find(({ path }) => path === 'README.md')!;

/**
 * Languages of blocks: what a reader types or writes into a file, or a drawing; no program of ours.
 */
const languages = ['sh', 'crontab', 'text'];
/** npm's own commands that need no script. */
const npmCommands = ['ci', 'install', 'publish', 'sbom'];

/** One list for each rule, so that the rules can be tried on a broken document too. */
const faults = {
  paths: (document: Document) => pathsIn(document).filter((path) => !existsSync(`${root}${path}`)),
  links: (document: Document) =>
    linksOf(document)
      .filter(({ path, anchor }) => {
        if (!existsSync(`${root}${path}`)) return true;
        if (anchor === '') return false;
        return !anchorsOf({
          path,
          text: path === document.path ? document.text : readProjectFile(path),
        }).includes(anchor);
      })
      .map(({ path, anchor }) => `${path}#${anchor}`),
  blocks: (document: Document) =>
    blocksOf(document)
      .filter(({ language, text }) => {
        if (documentsWithPrograms.includes(document.path) && ['ts', 'yaml'].includes(language))
          return false;
        // sinks-page.test.ts reads the examples on the pages of adapters.
        if (/^docs\/(?:sinks|sources)\//.test(document.path) && language === 'yaml') return false;
        return (
          !languages.includes(language) || /^\s*(import|export|const|function|class)\s/m.test(text)
        );
      })
      .map(({ language, text }) => `${language}: ${text.slice(0, 40)}`),
  scripts: (document: Document) =>
    commandLinesOf(document)
      .flatMap((line) => [...line.matchAll(/\bnpm (run )?([a-z][\w:-]*)/g)])
      .map(([, run, name = '']) => ({ run, name }))
      .filter(
        ({ run, name }) =>
          !(name in manifest.scripts) && (run !== undefined || !npmCommands.includes(name)),
      )
      .map(({ name }) => name),
  commands: (document: Document) =>
    commandLinesOf(document)
      .flatMap((line) => [...line.matchAll(/(?:\bbin\/tocsin|^tocsin|dist\/main\.js) ([a-z]+)/g)])
      .map(([, name = '']) => name)
      .filter((name) => !commandNames().includes(name)),
  variables: (document: Document) =>
    quotesOf(document)
      .flatMap((quote) => /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=.*)?$/.exec(quote)?.[1] ?? [])
      .filter((name) => !isVariable(name)),
  metrics: (document: Document) =>
    [...document.text.matchAll(/\btocsin_[a-z_]+/g)]
      .map(([name]) => name.replace(/_(bucket|count|sum)$/, ''))
      .filter((name) => !metricNames.includes(name)),
};

const metricNames = createMetrics({ version: '0', sources: [], sinks: [], roles: [] })
  .registry.getMetricsAsArray()
  .map(({ name }) => name);

/** Variables that are not Tocsin's own and that a document may name. */
const foreignVariables = [
  ...['TEST_DATABASE_URL', 'CHART_TOOLS', 'REAL_SERVERS', 'REAL_SERVERS_WANTED'],
  ...['NODE_EXTRA_CA_CERTS', 'NODE_ENV'],
];

function isVariable(name: string): boolean {
  const known: readonly string[] = [...knownVariables, ...commandVariables];
  return (
    known.includes(name) ||
    known.includes(name.replace(/_FILE$/, '')) ||
    foreignVariables.includes(name)
  );
}

/** The keys of the table in main.ts, which cannot be imported: it would run. */
function commandNames(): string[] {
  return [...readProjectFile('src/main.ts').matchAll(/^ {2}([a-z]+): \{$/gm)].map(
    ([, name = '']) => name,
  );
}

const sentences: Readonly<Record<keyof typeof faults, string>> = {
  paths: 'name only files that exist',
  links: 'link only to files and headings that exist',
  blocks: 'quote commands, drawings, programs that a test runs, and nothing else',
  scripts: 'name only scripts of npm that there are',
  commands: 'name only commands that there are',
  variables: 'name only variables that Tocsin reads',
  metrics: 'name only metrics that there are',
};

describe('the documents', () => {
  for (const [name, title] of Object.entries(sentences)) {
    test(title, () => {
      for (const document of documents)
        expect(faults[name as keyof typeof faults](document), document.path).toEqual([]);
    });
  }

  test('say nothing about a wrong document by chance: each fault is found', () => {
    const broken = (text: string): Document => ({ path: 'docs/broken.md', text });
    expect(faults.paths(broken('See `src/sinks/gone.ts` and `gone.md`.'))).toEqual([
      'src/sinks/gone.ts',
      'gone.md',
    ]);
    expect(faults.paths(broken('See `gone/<type>.ts`, `src/gone/<type>.ts`.'))).toEqual([
      'src/gone',
    ]);
    expect(
      faults.links(broken('[a](gone.md) [b](../README.md#no-such-heading) [c](#here)')),
    ).toHaveLength(3);
    expect(faults.blocks(broken('```ts\nconst a = 1;\n```\n'))).toHaveLength(1);
    expect(faults.blocks(broken('```sh\nimport x from "y"\n```\n'))).toHaveLength(1);
    expect(faults.blocks(broken('```\nplain\n```\n'))).toHaveLength(1);
    expect(faults.scripts(broken('Run `npm run gone`, `npm gone`, `npm ci`, `npm test`.'))).toEqual(
      ['gone', 'gone'],
    );
    expect(
      faults.commands(broken('```sh\nnode dist/main.js gone\n```\nor `bin/tocsin lost`')),
    ).toEqual(['gone', 'lost']);
    expect(faults.variables(broken('`SINK_RAET`, `SINK_RATE=off`, `TOKENS_KEY_FILE`'))).toEqual([
      'SINK_RAET',
    ]);
    expect(
      faults.metrics(broken('tocsin_gone_total, tocsin_delivery_latency_seconds_bucket')),
    ).toEqual(['tocsin_gone_total']);
  });
});

describe('the comments of the code', () => {
  test('name only documents that exist', () => {
    const named = [...readSourceFiles('src'), ...readSourceFiles('test')]
      .filter(({ path }) => !path.startsWith('test/tree/'))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/\bdocs\/[\w/.-]+\.md\b/g)].map(([name]) => ({ path, name })),
      );
    expect(named.filter(({ name }) => !existsSync(`${root}${name}`))).toEqual([]);
  });
});

/** What the first cells of a page's tables begin with. */
function rowsOf(path: string): string[] {
  const text = withoutBlocks(readProjectFile(path));
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, first = '']) => first);
}

describe('the reference pages', () => {
  test('have a row for every variable', () => {
    const rows = rowsOf('docs/configuration-reference.md');
    const lowerCaseTwins = /^[a-z_]+$/;
    const isOfTracing = (name: string) => (tracingVariables as readonly string[]).includes(name);
    for (const name of knownVariables.filter(
      (known) => !lowerCaseTwins.test(known) && !isOfTracing(known),
    ))
      expect(rows).toContain(name);
    const ofTracing = [...readProjectFile('docs/tracing.md').matchAll(/^\| `(OTEL_\w+)`/gm)].map(
      ([, name]) => name,
    );
    expect(ofTracing.sort()).toEqual([...tracingVariables].sort());
  });

  test('have a row for every command', () => {
    const rows = rowsOf('docs/commands.md');
    expect(commandNames().length).toBeGreaterThan(0);
    const commands = rows.map((row) => row.split(' ')[0]!);
    for (const name of commandNames()) expect(commands).toContain(name);
  });

  test('have a row for each metric that an alert or the README’s reader needs', () => {
    const rows = rowsOf('docs/metrics.md');
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((name) => !metricNames.includes(name))).toEqual([]);
  });
});

describe('the README', () => {
  test('leads to the index', () => {
    expect(linksOf(readme).map(({ path }) => path)).toContain('docs/README.md');
  });

  test('shows a small picture of the channel', () => {
    const [picture] = linksOf(readme).filter(({ path }) => path.startsWith('docs/pictures/'));
    expect(statSync(`${root}${picture!.path}`).size).toBeLessThan(150_000);
  });

  test('claims of speed what the results of the benchmark show', () => {
    const results = readProjectFile('bench/RESULTS.md');
    const [, rate, share] = /^\| `tocsin`: .*? \| (\d+) \| ([\d.]+) \|/m.exec(results)!;
    const shareOf = (name: string) =>
      new RegExp(`^\\| \`${name}\`: .*? \\| \\d+ \\| ([\\d.]+) \\|`, 'm').exec(results)?.[1];
    const said = readme.text.replace(/\s+/g, ' ');
    expect(said).toContain(
      `${Number(rate).toLocaleString('en')} events a second: ${share} of the leanest`,
    );
    expect(said).toContain(
      `graphile-worker reached ${shareOf('graphile_event')} with a job for each event and ${shareOf('graphile_page')}`,
    );
    expect(said).toContain(`pg-boss ${shareOf('pgboss_id')} and ${shareOf('pgboss_event')}.`);
  });

  test('begins with what a newcomer types', () => {
    const [first] = blocksOf(readme);
    expect(first?.text).toContain('npm ci && npm run demo');
    expect(readme.text.indexOf('npm ci && npm test')).toBeGreaterThan(0);
  });
});

describe('the example of a configuration file', () => {
  test('is a configuration, with nothing in it that does nothing', () => {
    const env = {
      TOCSIN_CONFIG: 'docs/tocsin.example.yaml',
      TOKENS_KEY: 'key-of-an-api-connector',
      MATTERMOST_WEBHOOK_URL: 'https://chat.example.com/hooks/abcdefghijklmnopqrstuvwxyz',
      HEARTBEAT_URL: 'https://beat.example.com/abcdefghijklmnopqrstuvwxyz',
      DUTY_URL: 'https://calendar.example.com/duty.ics',
    };
    const config = loadConfig({ env, directory: root, registries: { sources, sinks } });
    expect(config.warnings).toEqual([]);
    expect(config.routes.map(({ to }) => to)).toEqual([
      ['soc'],
      ['management'],
      ['management'],
      ['soc'],
    ]);
  });
});

describe('the example of an environment file', () => {
  const names = [...readProjectFile('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(
    ([, name = '']) => name,
  );

  test('names only variables that Tocsin reads, and the three that are needed', () => {
    expect(names.filter((name) => !isVariable(name))).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(['DEEPINSTINCT_URL', 'TOKENS_KEY', 'MATTERMOST_WEBHOOK_URL']),
    );
  });

  test('is the only environment file that belongs to the project', () => {
    expect(projectFiles().filter((path) => /(^|\/)\.env/.test(path))).toEqual(['.env.example']);
  });
});
