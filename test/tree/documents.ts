// What a document says that can be checked: the paths, links, commands and blocks in it. Reads
// Markdown; judges nothing.
import { posix } from 'node:path';
import { projectFiles, readProjectFile } from './project-files.ts';

export interface Document {
  readonly path: string;
  readonly text: string;
}

export function readDocuments(): Document[] {
  return projectFiles()
    .filter((path) => path.endsWith('.md') && !path.startsWith('test/'))
    .map((path) => ({ path, text: readProjectFile(path) }));
}

export interface Block {
  /** What follows the opening fence; empty if nothing does. */
  readonly language: string;
  readonly text: string;
}

export function blocksOf({ text }: Document): Block[] {
  return [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', block = '']) => ({
      language: language.trim(),
      text: block,
    }),
  );
}

/** What stands between back-ticks in running text. */
export function quotesOf({ text }: Document): string[] {
  return [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, quote = '']) => quote);
}

export function withoutBlocks(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

const folders = [
  'src',
  'simulators',
  'test',
  'docs',
  'examples',
  'k8s',
  'compose',
  'systemd',
  'drizzle',
  'bench',
  '.ci',
];
const file = /^[\w.-]+\.(ts|mjs|md|json|ya?ml|service)$/;
/** Files that a reader has or makes, and that are no part of the project. */
const ofReaders = new Set([
  'tocsin.yaml',
  'values.yaml',
  'values.schema.json',
  '.env',
  '.env1',
  // The end of a name.
  '.cdx.json',
  'dist/main.js',
]);

/**
 * Paths of the project that `document` names, from the root; `src/sinks/<type>.ts` counts as
 * `src/sinks`.
 */
export function pathsIn(document: Document): string[] {
  return quotesOf(document)
    .map((quote) => quote.replace(/^\.\//, ''))
    .filter((quote) => !quote.includes(' ') && !ofReaders.has(quote))
    .filter(
      (quote) =>
        folders.some((folder) => quote === folder || quote.startsWith(`${folder}/`)) ||
        file.test(quote),
    )
    .map((path) => path.replace(/\/?[^/]*[<*].*$/, '').replace(/\/$/, ''))
    .filter((path) => path !== '');
}

export interface Link {
  /** From the root. */
  readonly path: string;
  /** Without `#`; empty if there is none. */
  readonly anchor: string;
}

/** Links to files of the project, or to headings of the document itself. */
export function linksOf(document: Document): Link[] {
  return [...withoutBlocks(document.text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#');
      return {
        path: path === '' ? document.path : posix.join(posix.dirname(document.path), path),
        anchor,
      };
    });
}

/** The anchors that a reader's page makes of the headings. */
export function anchorsOf({ text }: Document): string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Everything in the document that a reader may type: blocks, and quotes in the text. */
export function commandLinesOf(document: Document): string[] {
  return [...blocksOf(document).flatMap(({ text }) => text.split('\n')), ...quotesOf(document)];
}
