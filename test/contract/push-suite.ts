// The contract of a source that is pushed to, case by case: every one runs it from its own tests, with
// fixtures of its product.
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { AdapterError } from '../../src/kit/errors.ts';
import type { Pushed, PushSource, RawRequest, SourceDefinition } from '../../src/kit/source.ts';
import {
  adapterContext,
  expectNoSecret,
  type InCase,
  registerCases,
  type Skips,
  secretsIn,
} from './adapter-cases.ts';
import { faultsOf } from './draft-faults.ts';
import { mutationsOf } from './json-mutations.ts';

const pushCases = [
  'each fixture gives exactly its events',
  'every event is valid and keeps its bytes',
  'the same bytes give the same events',
  'an item by itself gives the event that it gives in its batch',
  'a changed body gives valid events or a typed error',
  'a body that is cut anywhere is an error or is understood whole',
  'a broken body is an error',
  'a request that holds no events is answered',
  'it wants a proof, and has a limit',
  'no secret is in any error',
] as const;
export type PushCase = (typeof pushCases)[number];

/** A request as the product sends it. */
export interface PushFixture {
  readonly name: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** External id and type of each event, in their order. */
  readonly events: readonly (readonly [externalId: string, type: string])[];
  /**
   * Where a header holds the id or more: the external id of the body alone, or undefined if that is
   * no event.
   */
  readonly alone?: string | undefined;
  /** What it does to incidents: kind, number of the event, person. */
  readonly acts?: readonly (readonly [kind: string, event: number, person: string])[];
}

export interface PushSourceHarness {
  /** The settings; secrets of 20 characters and more. */
  readonly config: unknown;
  readonly fixtures: readonly PushFixture[];
  /** Bodies that are none of this product. Some of no product are added. */
  readonly brokenBodies?: readonly string[];
  /** Requests that the product sends before it sends events, and the status of their answers. */
  readonly asked?: readonly {
    readonly request: Partial<RawRequest> & { method: string };
    readonly status: number;
  }[];
  readonly skip?: Skips<PushCase>;
}

const brokenForAll = ['', ' ', '[', '{', '{"a":', '<!doctype html>', '\u0000', 'undefined'];

/** Runs every case of the contract. To be called at the top of a test file in `test/sources/`. */
export function describePushSource(definition: SourceDefinition, harness: PushSourceHarness): void {
  describe(`the source ${definition.type} keeps the contract`, () => {
    registerCases(pushCases, harness.skip ?? {}, (inCase) => {
      const bench = benchOf(definition, harness);
      describeFixtures(inCase, bench, harness);
      describeBodies(inCase, bench, harness);
      describeDoor(inCase, bench, harness);
    });
  });
}

function benchOf(definition: SourceDefinition, { config: written }: PushSourceHarness) {
  const config = definition.config.parse(written);
  const create = () => definition.create(config, adapterContext()) as PushSource;
  const parse = (source: PushSource, body: string, headers: PushFixture['headers'] = {}): Pushed =>
    source.parse({
      ...{ headers: new Headers(headers), query: new URLSearchParams() },
      body: new TextEncoder().encode(body),
    });
  return { definition, config, create, parse, secrets: secretsIn(definition, config) };
}

type Bench = ReturnType<typeof benchOf>;
type InPushCase = InCase<PushCase>;

function describeFixtures(
  inCase: InPushCase,
  { definition, config, create, parse }: Bench,
  { fixtures }: PushSourceHarness,
): void {
  inCase('each fixture gives exactly its events', () => {
    expect(fixtures.length).toBeGreaterThan(0);
    for (const { name, body, headers, events: wanted, acts: wantedActs = [] } of fixtures) {
      const { events, acts = [] } = parse(create(), body, headers);
      expect(
        events.map(({ externalId, type }) => [externalId, type]),
        name,
      ).toEqual(wanted);
      const done = acts.map(({ kind, event, person }) => [kind, event, person]);
      expect(done, name).toEqual(wantedActs);
    }
  });

  inCase('every event is valid and keeps its bytes', () => {
    for (const { name, body, headers } of fixtures) {
      for (const event of parse(create(), body, headers).events) {
        expect(faultsOf(event), name).toEqual([]);
        // Of an event whose attributes are headers, it holds those as well.
        expect(event.raw.includes(body) || body.includes(event.raw), name).toBe(true);
      }
    }
  });

  inCase('the same bytes give the same events', () => {
    for (const { body, headers } of fixtures)
      expect(parse(create(), body, headers)).toEqual(parse(create(), body, headers));
  });

  inCase('an item by itself gives the event that it gives in its batch', () => {
    for (const { body, headers, ...fixture } of fixtures) {
      const { events } = parse(create(), body, headers);
      if (events.length !== 1 || events[0]?.type === 'UNRECOGNISED') continue;
      const read = definition.readItem?.(body, config);
      const wanted = 'alone' in fixture ? fixture.alone : events[0]?.externalId;
      expect(read?.externalId, fixture.name).toEqual(wanted);
    }
  });
}

function describeBodies(
  inCase: InPushCase,
  { create, parse, secrets }: Bench,
  { fixtures, brokenBodies = [] }: PushSourceHarness,
): void {
  inCase('a changed body gives valid events or a typed error', () => {
    const mutated = fc
      .constantFrom(...fixtures)
      .chain((fixture) => fc.tuple(fc.constant(fixture), mutationsOf(fixture.body)));
    fc.assert(
      fc.property(mutated, ([{ headers }, body]) => {
        const outcome = outcomeOf(() => parse(create(), body, headers));
        if (outcome instanceof AdapterError) expectNoSecret(outcome, secrets);
        else for (const event of outcome.events) expect(faultsOf(event)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  inCase('a body that is cut anywhere is an error or is understood whole', () => {
    for (const { body, headers } of fixtures) {
      const step = Math.max(1, Math.floor(body.trimEnd().length / 40));
      for (let length = 1; length < body.trimEnd().length; length += step) {
        const outcome = outcomeOf(() => parse(create(), body.slice(0, length), headers));
        expect(outcome).toBeInstanceOf(AdapterError);
      }
    }
  });

  inCase('a broken body is an error', () => {
    for (const body of [...brokenForAll, ...brokenBodies]) {
      const outcome = outcomeOf(() => parse(create(), body, fixtures[0]?.headers));
      expect(outcome, JSON.stringify(body)).toBeInstanceOf(AdapterError);
      expect((outcome as AdapterError).reason).toBe('malformed');
    }
  });

  inCase('no secret is in any error', () => {
    expect(secrets.length, 'the configuration for tests holds its secrets').toBeGreaterThan(0);
    const echo = secrets.map(({ text }) => text).join(' ');
    const outcome = outcomeOf(() => parse(create(), `{${echo}`, fixtures[0]?.headers));
    expectNoSecret(outcome, secrets);
  });
}

/** Anything that is no AdapterError fails the test. */
function outcomeOf(act: () => Pushed): Pushed | AdapterError {
  try {
    return act();
  } catch (error) {
    if (error instanceof AdapterError) return error;
    throw error;
  }
}

function describeDoor(
  inCase: InPushCase,
  { definition, create }: Bench,
  { asked = [] }: PushSourceHarness,
): void {
  inCase('a request that holds no events is answered', async () => {
    for (const { request, status } of asked) {
      const whole = {
        headers: new Headers(),
        query: new URLSearchParams(),
        body: new Uint8Array(),
      };
      expect(await create().answer?.({ ...whole, ...request })).toMatchObject({ status });
    }
  });

  inCase('it wants a proof, and has a limit', () => {
    const { kind, proof, bodyBytesMax, perSecond } = create();
    expect([kind, definition.isPushed]).toEqual(['push', true]);
    const proofs = 'secrets' in proof ? proof.secrets : proof.names;
    expect(proofs.length).toBeGreaterThan(0);
    for (const one of proofs) expect(one.length).toBeGreaterThan('secrets' in proof ? 15 : 0);
    expect(bodyBytesMax).toBeLessThanOrEqual(25_000_000);
    expect(perSecond).toBeLessThanOrEqual(1000);
  });
}
