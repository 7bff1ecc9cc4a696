// The parts of the pages of sinks that the code knows better: what each can do. Pure.
import type { SinkDefinition } from '../../src/kit/sink.ts';
import { adapterContext } from '../contract/adapter-cases.ts';

/** What a page says of its sink before its heading, since no code knows it. */
export interface PageFacts {
  /** What one message is: `a card`. */
  readonly sends: string;
  /** How the rows of a digest look: `lines`. */
  readonly digest: string;
  /** Where the delivery's id stands in what is sent. */
  readonly id: string;
  /** What becomes of a message that is sent twice, its answer having been lost. */
  readonly repeated: string;
}
const factNames = ['sends', 'digest', 'id', 'repeated'] as const;

/** @throws if a fact is missing, or another is there */
export function factsOf(page: string): PageFacts {
  const [, head = ''] = /^---\n([\s\S]*?)\n---\n/.exec(page) ?? [];
  const facts = Object.fromEntries(
    head.split('\n').map((line) => {
      const [, name = '', value = ''] = /^(\w+): (.+)$/.exec(line) ?? [];
      return [name, value];
    }),
  );
  if (Object.keys(facts).sort().join() !== [...factNames].sort().join())
    throw new Error(`a page begins with ---, ${factNames.join(', ')} and ---; this has: ${head}`);
  return facts as unknown as PageFacts;
}

const yes = (is: boolean) => (is ? 'yes' : 'no');

/** What each can do, for docs/sinks.md. @param pages by type */
export function matrixOf(
  sinks: Readonly<Record<string, SinkDefinition>>,
  pages: Readonly<Record<string, PageFacts>>,
): string {
  const head =
    '| sink | sends | a digest’s rows | pings | marks `CRITICAL` | buttons | edits | replies | characters | `check` tests it | a delivery’s id is in |';
  const rows = Object.entries(sinks).map(([type, { config, create, example }]) => {
    const { can, edit, reply, limits, check } = create(config.parse(example), adapterContext());
    const { sends, digest, id } = pages[type]!;
    const cells = [
      `[${type}](sinks/${type}.md)`,
      sends,
      digest,
      yes(can?.mention === true),
      yes(can?.priority === true),
      yes(can?.buttons === true),
      yes(edit !== undefined),
      yes(reply !== undefined),
      limits?.total.toLocaleString('en') ?? 'any',
      yes(check !== undefined),
      `\`${id}\``,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [head, '| --- '.repeat(11).concat('|'), ...rows].join('\n');
}

/** The same for the README, in short. */
export function shortMatrixOf(
  sinks: Readonly<Record<string, SinkDefinition>>,
  pages: Readonly<Record<string, PageFacts>>,
): string {
  const rows = Object.entries(sinks).map(([type, { config, create, example }]) => {
    const { can, edit, reply } = create(config.parse(example), adapterContext());
    const { sends, digest, repeated } = pages[type]!;
    const cells = [
      `[${type}](docs/sinks/${type}.md)`,
      sends,
      yes(edit !== undefined),
      yes(reply !== undefined),
      yes(can?.buttons === true),
      digest,
      repeated,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head =
    '| sink | sends | edits | threads | buttons | a digest’s rows | a message that is sent twice is |';
  return [head, '| --- '.repeat(7).concat('|'), ...rows].join('\n');
}

/** The page with what stands between the two marks of that name. @throws if it has none */
export function withBlock(page: string, name: string, block: string): string {
  const [begin, end] = [
    `<!-- ${name}: written by npx vitest run -u -->`,
    `<!-- end of ${name} -->`,
  ];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no marks of ${name}`);
  return `${page.slice(0, from + begin.length)}\n\n${block}\n\n${page.slice(to)}`;
}
