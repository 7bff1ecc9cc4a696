// Which hostile strings go where: rounds over all carriers of a sink, one string a slot, from a
// seed, until as many are sent as were asked for. HOSTILE_STRINGS, HOSTILE_SEED and HOSTILE_REPORT
// are set by run.mjs.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Carrier } from '../contract/carriers.ts';
import type { Place } from '../contract/syntaxes/index.ts';
import { hostileString } from './strings.ts';

export interface HostileRun {
  /** Strings for each sink. */
  readonly count: number;
  readonly seed: number;
  readonly timeoutMs: number;
}

const { HOSTILE_STRINGS = '1500', HOSTILE_SEED = '16', HOSTILE_REPORT } = process.env;

export const hostileRun: HostileRun = {
  count: Number(HOSTILE_STRINGS),
  seed: Number(HOSTILE_SEED),
  timeoutMs: 240_000 + Number(HOSTILE_STRINGS) * 10,
};

/** Strings are made so many at once. */
const batch = 2_000;

export function* hostileRounds(
  carriers: readonly Carrier[],
  { count, seed }: HostileRun,
): Generator<{ carrier: Carrier; texts: readonly string[] }> {
  let strings: string[] = [];
  let batches = 0;
  let sent = 0;
  const take = (wanted: number): string[] => {
    while (strings.length < wanted) {
      strings.push(...fc.sample(hostileString, { numRuns: batch, seed: seed + batches }));
      batches += 1;
    }
    const taken = strings.slice(0, wanted);
    strings = strings.slice(wanted);
    return taken;
  };
  for (const carrier of inTurns(carriers)) {
    if (sent >= count) return;
    const texts = take(carrier.slots.length);
    sent += texts.length;
    if (texts.length > 0) yield { carrier, texts };
  }
}

/** Four templates after each of the others: they have few slots. */
function* inTurns(carriers: readonly Carrier[]): Generator<Carrier> {
  const templates = carriers.filter(({ name }) => name.startsWith('the template'));
  const others = carriers.filter((carrier) => !templates.includes(carrier));
  for (let turn = 0; ; turn += 1) {
    yield others[turn % others.length]!;
    for (let n = 0; n < 4; n += 1) yield templates[(turn * 4 + n) % templates.length]!;
  }
}

/** One file a suite, for run.mjs, written again and again: a long run may be ended early. */
export function reportTally(
  type: string,
  tally: ReadonlyMap<string, number>,
  faults: readonly string[],
): void {
  if (HOSTILE_REPORT === undefined) return;
  const text = JSON.stringify({ type, parts: Object.fromEntries(tally), faults });
  writeFileSync(join(HOSTILE_REPORT, `${type.replaceAll(' ', '-')}.tally.json`), text);
}

/** Posts of Mattermost, for the server's own parser; nothing in an ordinary run. */
export function recordPost(
  { name: carrier }: Carrier,
  places: readonly Place[],
  harmless: readonly Place[],
): void {
  if (HOSTILE_REPORT === undefined) return;
  const textsIn = (all: readonly Place[]) =>
    all.flatMap(({ syntax, text }) =>
      /^mattermost (?:message|markdown)$/.test(syntax) ? [text] : [],
    );
  const texts = textsIn(places);
  if (texts.length === 0) return;
  const line = JSON.stringify({ carrier, texts, harmless: textsIn(harmless) });
  appendFileSync(join(HOSTILE_REPORT, 'posts.jsonl'), `${line}\n`);
}
