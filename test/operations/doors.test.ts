// Whatever a person may do can be done through each door: the command line, the API, the page. What
// is missing somewhere is listed here with the reason, and the list has nothing else.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as face from '../../src/operations/index.ts';
import { projectFiles } from '../tree/project-files.ts';

type Door = 'cli' | 'api' | 'page';
const doors = ['cli', 'api', 'page'] as const;

const byHand = 'it is for an id that nobody configures, and rare: the command asks what it needs';
const ofFile = 'it needs the configuration of the folder, which the command reads itself';

/** By name of the operation. */
const missing: Readonly<Record<string, Partial<Record<Door, string>>>> = {
  'backlog-list': { api: 'sink-states has it', page: 'sink-states has it' },
  'backlog-move': { api: byHand, page: byHand },
  'backlog-drop': { api: byHand, page: byHand },
  'works-list': { api: 'status-show has it', page: 'status-show has it' },
  'source-list': { api: 'source-states has it', page: 'source-states has it' },
  'source-rename': { api: byHand, page: byHand },
  'source-adopt': { api: byHand, page: byHand },
  'source-remove': { api: byHand, page: byHand },
  'events-page': { api: 'event-search has it', page: 'event-search has it' },
  'event-read': { api: 'event-show has it', page: 'event-show has it' },
  'event-tail': { page: 'the script of the page reads the stream of the API' },
  'event-hours': { cli: 'it is the chart of the page; "tocsin event search" has the events' },
  'incident-counts': { cli: '"tocsin incident list" has them one by one' },
  'incident-show': { page: 'event-show has it, on the page of the event' },
  'report-show': { page: 'the view of numbers has its times, for any days' },
  'report-send': { page: 'it comes by itself; "tocsin report --send" sends it again' },
  'route-test': { cli: `${ofFile}: "tocsin routes test"` },
  'route-diff': { cli: `${ofFile}: "tocsin routes diff"` },
  'silence-show': { cli: '"tocsin silence list --json" shows all of each' },
};

/** `delivery.list`, as sources write it, of each operation. */
const keyOf = new Map<unknown, string>(
  Object.entries(face).flatMap(([room, members]) =>
    typeof members === 'object' && !Array.isArray(members)
      ? Object.entries(members).map(([key, one]) => [one, `${room}.${key}`] as const)
      : [],
  ),
);

const places: Readonly<Record<Door, RegExp>> = {
  cli: /^src\/(cli|commands)\//,
  api: /^src\/http\/api\//,
  page: /^src\/http\/page\//,
};

/** `room.key` of what the text uses, by its own names for the rooms. Types do not count. */
function usedIn(text: string): string[] {
  const imports = /import \{([^}]*)\} from '[^']*operations\/index\.ts'/g;
  const names = [...text.matchAll(imports)].flatMap(([, list = '']) =>
    list.split(',').map((one) => one.trim().split(' as ')),
  );
  return names
    .filter(([room = '']) => /^[a-z]\w*$/.test(room))
    .flatMap(([room = '', alias = room]) =>
      [...text.matchAll(new RegExp(`(?<!typeof |[\\w.])${alias}\\.(\\w+)`, 'g'))].map(
        ([, key]) => `${room}.${key}`,
      ),
    );
}

function usedAt(door: Door): ReadonlySet<string> {
  const files = projectFiles().filter((path) => places[door].test(path) && /\.tsx?$/.test(path));
  const root = new URL('../../', import.meta.url);
  return new Set(files.flatMap((path) => usedIn(readFileSync(new URL(path, root), 'utf8'))));
}

/** Names of the operations that a door has. */
function openAt(door: Door): string[] {
  const used = usedAt(door);
  return face.operations
    .filter(
      (operation) =>
        used.has(keyOf.get(operation) ?? '') || (door === 'api' && operation.route !== undefined),
    )
    .map(({ name }) => name);
}

test('an operation is known by the name that its caller gives the room', () => {
  const text = [
    "import { type Operate, source as positions } from '../operations/index.ts';",
    'run(positions.list, {}); type A = typeof positions.reset; other.positions.poll;',
  ].join('\n');
  expect(usedIn(text)).toEqual(['source.list']);
  expect(face.operations.filter((operation) => !keyOf.has(operation))).toEqual([]);
});

test.each(doors)('the door "%s" has every operation, but those with a reason', (door) => {
  const open = openAt(door);
  expect(open.length).toBeGreaterThan(5);
  const lacking = face.operations.map(({ name }) => name).filter((name) => !open.includes(name));
  const excused = Object.keys(missing).filter((name) => missing[name]?.[door] !== undefined);
  expect(lacking.sort()).toEqual(excused.sort());
});
