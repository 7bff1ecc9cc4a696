// ARCHITECTURE.md draws the rooms as test/tree/areas.ts has them, and leads a stranger to files
// that exist and hold what the page says of them.
import { describe, expect, test } from 'vitest';
import { mayImportRooms, roomNames } from './areas.ts';
import { blocksOf, pathsIn } from './documents.ts';
import { projectFiles, readProjectFile } from './project-files.ts';

const page = { path: 'ARCHITECTURE.md', text: readProjectFile('ARCHITECTURE.md') };

/** The rooms of each line of the drawing, from the top down. */
function linesOf(text: string): string[][] {
  const [drawing] = blocksOf({ path: page.path, text });
  const lines = drawing?.text.split('\n') ?? [];
  return lines.map((line) => line.trim().split(/ {2,}/)).filter(([first]) => first !== '');
}

/** What the drawing has wrong; empty if nothing. */
function faultsOfDrawing(text: string): string[] {
  const lines = linesOf(text);
  const drawn = lines.flat();
  const lineOf = (room: string) => lines.findIndex((line) => line.includes(room));
  return [
    ...roomNames.filter((room) => !drawn.includes(room)).map((room) => `${room} is not drawn`),
    ...drawn.filter((room) => !roomNames.includes(room)).map((room) => `there is no ${room}`),
    ...drawn.flatMap((room) =>
      mayImportRooms(room)
        .filter((target) => lineOf(target) <= lineOf(room) && target !== room)
        .map((target) => `${room} imports ${target}, which is not drawn below it`),
    ),
  ];
}

const section = (heading: string) =>
  page.text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
const rowsOf = (text: string) => [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);

describe('the rooms', () => {
  test('are all drawn, each above those that it imports, and no other is', () => {
    expect(faultsOfDrawing(page.text)).toEqual([]);
  });

  test('are all explained, and no other is', () => {
    expect(rowsOf(section('The rooms')).sort()).toEqual([...roomNames].sort());
  });

  test('that were left out, made up or drawn upside down would be found', () => {
    expect(faultsOfDrawing(page.text.replace(/\n +store\n/, '\n'))).toContain('store is not drawn');
    expect(faultsOfDrawing(page.text.replace(/\bservice\n/, 'attic\n'))).toContain(
      'there is no attic',
    );
    const upsideDown = page.text
      .replace(/^main\n/m, '')
      .replace(/^( +)kit\n/m, '$1kit\n$1  main\n');
    expect(faultsOfDrawing(upsideDown)).toContain('main imports kit, which is not drawn below it');
  });
});

test('the path of an event names a file for each step, and all of them exist', () => {
  const steps = section('The path of an event')
    .split(/^\d+\. /m)
    .slice(1);
  expect(steps.length).toBeGreaterThan(5);
  for (const step of steps) {
    const files = pathsIn({ path: page.path, text: step });
    expect(files, step).not.toEqual([]);
    for (const file of files) expect(projectFiles(), step).toContain(file);
  }
});

describe('a stranger finds', () => {
  const place = (question: string) => {
    const row = section('Where to change what')
      .split('\n')
      .find((line) => line.startsWith(`| ${question}`));
    return pathsIn({ path: page.path, text: row ?? section(question) });
  };

  test.each([
    ['the words of a notice', /sink_paused:/],
    ['what a 403 means, and whether it pauses a sink', /'pause'/],
    ['A new column', /pgTable\(/],
    ['A new column', /leftBehind/],
    ['A new operation', /const operations: readonly/],
  ])('%s in a file that is named', (question, content) => {
    const texts = place(question)
      .filter((path) => projectFiles().includes(path))
      .map(readProjectFile);
    expect(
      texts.some((text) => content.test(text)),
      question,
    ).toBe(true);
  });

  test('every file that writes rows of events, for a new column', () => {
    const writing = projectFiles().filter(
      (path) => path.startsWith('src/') && readProjectFile(path).includes('insert into events ('),
    );
    expect(writing.length).toBeGreaterThan(2);
    expect(place('A new column')).toEqual(expect.arrayContaining(writing));
  });
});
