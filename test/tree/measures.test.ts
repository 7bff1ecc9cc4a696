// Holds the tree to its measures: the length of lines and files, and each room's share of src. Each
// rule also meets files that break it.
import { describe, expect, test } from 'vitest';
import { eachFile, type Rule, testRule } from './rule.ts';
import { readSourceFiles, type SourceFile } from './source-files.ts';

const src = readSourceFiles('src');

const linesOf = ({ text }: SourceFile) => text.replace(/\n$/, '').split('\n');

/** As many lines as there are in all: a broken rule is broken however large the tree grows. */
const ownLines = src.reduce((sum, file) => sum + linesOf(file).length, 0);

/** A file with `count` lines of `width` characters. */
function block(path: string, count: number, width = 80): SourceFile {
  return { path, text: `${'x'.repeat(width)}\n`.repeat(count) };
}

const lineWidth: Rule = {
  title: 'at most 3 % of the lines have more than 100 characters',
  faults: (files) => {
    const lines = files.flatMap(linesOf);
    const long = lines.filter((line) => line.length > 100).length;
    return long > 0.03 * lines.length ? [`${long} of ${lines.length} lines`] : [];
  },
  breaches: [block('src/kit/wide.ts', ownLines, 101)],
};

const fileLength = eachFile(
  'no file has more than 320 lines',
  (file) => linesOf(file).length > 320,
  [block('src/kit/long.ts', 321)],
);

/** The folder under src, or under src/core for the rooms of core. */
function roomOf(path: string): string {
  return /^src\/(core\/)?[^/]+/.exec(path)?.[0] ?? path;
}

const roomSize: Rule = {
  title: 'no room holds more than a fifth of the lines',
  faults: (files) => {
    const linesOfRooms = new Map<string, number>();
    for (const file of files) {
      const room = roomOf(file.path);
      linesOfRooms.set(room, (linesOfRooms.get(room) ?? 0) + linesOf(file).length);
    }
    const total = [...linesOfRooms.values()].reduce((sum, lines) => sum + lines, 0);
    return [...linesOfRooms]
      .filter(([, lines]) => lines > total / 5)
      .map(([room, lines]) => `${room}: ${lines} of ${total} lines`);
  },
  breaches: [
    block('src/http/everything.ts', ownLines),
    block('src/core/deliver/everything.ts', ownLines),
  ],
};

describe('the measures of the tree', () => {
  testRule(lineWidth, [...src, ...readSourceFiles('simulators')]);
  testRule(fileLength, src);
  testRule(roomSize, src);

  test('allow what is just inside', () => {
    expect(lineWidth.faults([block('a.ts', 97, 100), block('b.ts', 3, 101)])).toEqual([]);
    expect(fileLength.faults([block('a.ts', 320)])).toEqual([]);
    const rooms = ['http', 'kit', 'core/deliver', 'core/intake', 'store'];
    expect(roomSize.faults(rooms.map((room) => block(`src/${room}/a.ts`, 10)))).toEqual([]);
  });
});
