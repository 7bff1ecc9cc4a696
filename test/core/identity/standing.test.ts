// Which roles are left to another service on the same database, and which to the replicas of a
// rollout.

import { describe, expect, test } from 'vitest';
import {
  placeRemarks,
  readerRemark,
  standingOf,
  type WorkingRole,
  type Works,
  whyNothingIsRead,
  worksOf,
} from '../../../src/core/identity/standing.ts';
import type { StoredPosition } from '../../../src/kit/records/position.ts';

/** A service with sources and sinks of one group, and a job that goes along. */
function service(
  consoles: Readonly<Record<string, string>>,
  places: Readonly<Record<string, string>>,
): WorkingRole[] {
  const sources = Object.entries(consoles).map(([id, console]) => ({
    name: `source:${id}`,
    group: 'g',
    console,
  }));
  const sink = { name: 'sink:mm', group: 'g', sinks: Object.keys(places), places };
  return [...sources, sink, { name: 'job:x', group: 'g', isFollower: true }];
}

const positionsOf = (consoles: Readonly<Record<string, string>>): StoredPosition[] =>
  Object.entries(consoles).map(([source, console]) => {
    return { source, console, cursor: 'c', generation: 1, former: null, updatedAt: '' };
  });
const placesOf = (places: Readonly<Record<string, string>>) =>
  Object.entries(places).map(([id, place]) => ({ id, place }));

interface Case {
  readonly own: WorkingRole[];
  readonly others?: readonly WorkingRole[][];
  readonly consoles?: Readonly<Record<string, string>>;
  readonly places?: Readonly<Record<string, string>>;
}

function judge({ own, others = [], consoles = {}, places = {} }: Case) {
  const works: Works[] = others.map(worksOf);
  const facts = {
    own: worksOf(own),
    others: works,
    positions: positionsOf(consoles),
    places: placesOf(places),
  };
  const standing = standingOf(facts, own);
  return { standing, left: [...standing.left].sort() };
}

const a = service({ events: 'A' }, { soc: 'P' });
const b = service({ events: 'B' }, { soc: 'Q' });
/** Of A, in the database. */
const stored = { consoles: { events: 'A' }, places: { soc: 'P' } };

test('the works of a process are those of its roles', () => {
  expect(
    worksOf([...a, { name: 'sink:other', group: 'h', sinks: ['noc'], places: { noc: 'R' } }]),
  ).toEqual({
    roles: ['source:events', 'sink:mm', 'job:x', 'sink:other'],
    consoles: { events: 'A' },
    places: { soc: 'P', noc: 'R' },
  });
});

describe('what a process leaves', () => {
  test.each<[string, Case, string[]]>([
    ['nothing on an empty database', { own: a }, []],
    ['nothing alone', { own: a, ...stored }, []],
    ['nothing to its own replicas', { own: a, others: [a, a], ...stored }, []],
    [
      'nothing to another service, if the database is its own',
      { own: a, others: [b], ...stored },
      [],
    ],
    [
      'everything to the service whose database it is',
      { own: b, others: [a], ...stored },
      ['job:x', 'sink:mm', 'source:events'],
    ],
    [
      'without that service, its sinks alone: its sources may ask',
      { own: b, ...stored },
      ['sink:mm'],
    ],
    [
      'even a place that both have',
      { own: service({ events: 'B' }, { soc: 'P' }), others: [a], ...stored },
      ['job:x', 'sink:mm', 'source:events'],
    ],
    [
      'a place that both have only to one who lives',
      { own: service({ events: 'B' }, { soc: 'P' }), ...stored },
      [],
    ],
    [
      'no role that the other has not',
      { own: service({ mine: 'B' }, { noc: 'Q' }), others: [a], ...stored },
      [],
    ],
    [
      'the group of a sink that is served elsewhere, its sources with it',
      {
        own: service({ mine: 'B' }, { soc: 'Q' }),
        others: [a],
        consoles: { ...stored.consoles, mine: 'B' },
        places: { soc: 'P' },
      },
      ['job:x', 'sink:mm', 'source:mine'],
    ],
    [
      'nothing for its own new webhook, once the old process has ended',
      { own: service({ events: 'A' }, { soc: 'Q' }), ...stored },
      [],
    ],
    [
      'the group of its own new webhook, until then',
      { own: service({ events: 'A' }, { soc: 'Q' }), others: [a], ...stored },
      ['job:x', 'sink:mm', 'source:events'],
    ],
    [
      'nothing to the one with the new webhook',
      { own: a, others: [service({ events: 'A' }, { soc: 'Q' })], ...stored },
      [],
    ],
    [
      'nothing for a place that no live process serves',
      {
        own: service({ events: 'A' }, { soc: 'R' }),
        others: [service({ events: 'A' }, { soc: 'Q' })],
        ...stored,
      },
      [],
    ],
    [
      'one source of several that another service reads',
      {
        own: service({ events: 'B', mine: 'C' }, { soc: 'P' }),
        others: [a],
        consoles: { events: 'A', mine: 'C' },
        places: { soc: 'P' },
      },
      ['source:events'],
    ],
    [
      'no source for an address that changed, once nobody reads the old one',
      { own: service({ events: 'A2' }, { soc: 'P' }), ...stored },
      [],
    ],
    [
      'nothing to a stranger, whatever place that one noted',
      { own: a, others: [b], consoles: { events: 'A' }, places: { soc: 'Q' } },
      [],
    ],
  ])('is %s', (_title, facts, left) => {
    expect(judge(facts).left).toEqual(left);
  });
});

test('a stranger leaves the jobs that go by the file, though nobody else lives; the service itself does not', () => {
  const [byFile, other] = [true, false].map((isByFile) => ({
    name: `job:${isByFile}`,
    group: 'g',
    isByFile,
  }));
  expect(judge({ own: [...b, byFile!, other!], ...stored }).left).toEqual(['job:true', 'sink:mm']);
  expect(judge({ own: [...a, byFile!, other!], ...stored }).left).toEqual([]);
});

test('an id that every object has is an id like any other', () => {
  const odd = (console: string, place: string) =>
    service({ constructor: console }, { constructor: place });
  const others = [worksOf(service({}, {}))];
  const positions = positionsOf({ constructor: 'A' });
  const facts = {
    own: worksOf(odd('A', 'P')),
    others,
    positions,
    places: placesOf({ constructor: 'P' }),
  };
  expect(standingOf(facts, odd('A', 'P'))).toMatchObject({
    foreigners: 0,
    contested: [],
    readHereOnly: ['constructor'],
  });
  expect(standingOf({ ...facts, own: worksOf(a) }, a)).toMatchObject({
    foreigners: 0,
    contested: [],
  });
  expect(placeRemarks({ others, places: placesOf({ constructor: 'P' }) })).toEqual([]);
  expect(readerRemark({ others }, { id: 'constructor', console: 'A' })).toBeUndefined();
});

test('a process says what it cannot do, and who counts for its share', () => {
  expect(judge({ own: b, others: [a, a], ...stored }).standing).toEqual({
    isStranger: true,
    disowned: ['events'],
    contested: [{ sink: 'soc', place: 'P' }],
    readHereOnly: ['events'],
    foreigners: 2,
    left: new Set(['source:events', 'sink:mm', 'job:x']),
  });
  expect(judge({ own: a, others: [a, b], ...stored }).standing).toEqual({
    isStranger: false,
    disowned: [],
    contested: [],
    readHereOnly: [],
    foreigners: 1,
    left: new Set(),
  });
});

describe('why nothing is read', () => {
  const blind = (facts: Case, refused: readonly string[] = []) => {
    const sources = Object.keys(worksOf(facts.own).consoles);
    return whyNothingIsRead(judge(facts).standing, sources, new Set(refused));
  };
  const newHook = service({ events: 'A' }, { soc: 'Q' });
  const ownIds = {
    own: service({ mine: 'B' }, { soc: 'Q' }),
    others: [a],
    consoles: { mine: 'B' },
    places: stored.places,
  };

  test.each<[string, Case, readonly string[], RegExp | undefined]>([
    ['nothing is wrong where the position is its own', { own: a, ...stored }, [], undefined],
    [
      'a console that knows no such position',
      { own: b, ...stored },
      ['events'],
      /positions are those of other consoles/,
    ],
    [
      'the same beside the other service',
      { own: b, others: [a], ...stored },
      ['events'],
      /other consoles/,
    ],
    [
      'a console that may only have moved says nothing yet',
      { own: b, others: [a], ...stored },
      [],
      undefined,
    ],
    [
      'one source of two can be read',
      { own: service({ events: 'B', mine: 'C' }, {}), ...stored },
      ['events'],
      undefined,
    ],
    [
      'the old process of a rollout reads it',
      { own: newHook, others: [a], ...stored },
      [],
      undefined,
    ],
    [
      'a sink is another service’s, and the sources with it',
      ownIds,
      [],
      /another service works soc at another place/,
    ],
    [
      'an operator has said since whose it is',
      { own: b, consoles: { events: 'B' } },
      ['events'],
      undefined,
    ],
  ])('%s', (_title, facts, refused, why) => {
    if (why === undefined) expect(blind(facts, refused)).toBeUndefined();
    else expect(blind(facts, refused)).toMatch(why);
  });

  test('a process without sources reads all that it should, and so does one before its first look', () => {
    expect(
      whyNothingIsRead(judge({ own: b, ...stored }).standing, [], new Set(['events'])),
    ).toBeUndefined();
    expect(whyNothingIsRead(undefined, ['events'], new Set(['events']))).toBeUndefined();
  });

  test('is asked first where all positions are other consoles’, and nobody is kept waiting elsewhere', () => {
    const why = (own: WorkingRole[], sources: string[]) =>
      whyNothingIsRead(judge({ own, ...stored }).standing, sources, undefined);
    expect(why(b, ['events'])).toContain('is asked whether');
    expect(why(a, ['events'])).toBeUndefined();
    expect(why(service({ events: 'B', mine: 'C' }, {}), ['events', 'mine'])).toBeUndefined();
  });
});

test('people learn which place and which console a running process has under the same ids', () => {
  const others = [worksOf(a)];
  expect(placeRemarks({ others, places: placesOf({ soc: 'P', noc: 'Q' }) })).toEqual([]);
  expect(placeRemarks({ others, places: placesOf({ soc: 'Q' }) })).toMatchObject([
    { sink: 'soc', text: expect.stringContaining('another place under this id, P.') },
  ]);
  expect(readerRemark({ others }, { id: 'events', console: 'A' })).toBeUndefined();
  expect(readerRemark({ others }, { id: 'mine', console: 'B' })).toBeUndefined();
  expect(readerRemark({ others }, { id: 'events', console: 'B' })).toContain(
    'reads A as source events',
  );
});
