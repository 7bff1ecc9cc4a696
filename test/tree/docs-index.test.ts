// docs/README.md is the one index: every page is in it, once. The pages of adapters are in the overview
// of their kind in the same way, and decisions in their folder.
import { expect, test } from 'vitest';
import { type Document, linksOf } from './documents.ts';
import { projectFiles, readProjectFile } from './project-files.ts';

const pagesIn = (folder: string) =>
  projectFiles().filter(
    (path) => path.endsWith('.md') && path.startsWith(folder) && path !== 'docs/README.md',
  );
const isOfAnAdapter = (path: string) => /^docs\/(?:sinks|sources)\//.test(path);
const pages = pagesIn('docs/').filter(
  (path) => !isOfAnAdapter(path) && !path.startsWith('docs/decisions/'),
);
const index = { path: 'docs/README.md', text: readProjectFile('docs/README.md') };

/** What `document` does not name, or names more than once. */
function faults(document: Document, expected: readonly string[]): string[] {
  const linked = linksOf(document).map(({ path }) => path);
  return expected.filter((page) => linked.filter((path) => path === page).length !== 1);
}

test('every page is in the index, once', () => {
  expect(pages.length).toBeGreaterThan(20);
  expect(faults(index, pages)).toEqual([]);
});

test('a page that is missing, or there twice, is found', () => {
  const [first = '', second = ''] = pages;
  const text = index.text.replace(`](${second.slice('docs/'.length)})`, '](running.md)');
  expect(faults({ ...index, text }, [first, second])).toEqual([second]);
  expect(faults({ ...index, text: `${index.text}\n[x](${first.slice(5)})` }, [first])).toEqual([
    first,
  ]);
});

test('every page of an adapter is in the overview of its kind, which the index names', () => {
  for (const kind of ['sinks', 'sources']) {
    const overview = { path: `docs/${kind}.md`, text: readProjectFile(`docs/${kind}.md`) };
    const linked = new Set(linksOf(overview).map(({ path }) => path));
    expect(pagesIn(`docs/${kind}/`).filter((path) => !linked.has(path))).toEqual([]);
  }
});

test('the index follows the life of a reader, and names only what is there once', () => {
  const headings = [...index.text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual([
    ...['Try', 'Install', 'Connect', 'Route', 'Operate', 'Understand', 'Extend'],
  ]);
  const linked = linksOf(index).map(({ path, anchor }) => `${path}#${anchor}`);
  expect(linked.filter((link, at) => linked.indexOf(link) !== at)).toEqual([]);
});
