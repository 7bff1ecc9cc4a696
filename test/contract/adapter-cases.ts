// What the suites of sinks and sources share: the context that an adapter gets, secrets that leak,
// and cases that may be skipped.
import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { AdapterContext, AdapterDefinition } from '../../src/kit/adapter.ts';
import { AdapterError } from '../../src/kit/errors.ts';
import { createHttpClient, type HttpClient } from '../../src/kit/http/index.ts';
import { settledMs } from '../support/stopwatch.ts';

/** Where a far end hangs, so that it is given up soon. */
export const impatientMs = 400;

/**
 * With the real client, closed at the end of the test. @param timeoutMsMax cuts the time-outs that
 * the adapter asks for
 */
export function adapterContext(
  timeoutMsMax = Number.POSITIVE_INFINITY,
): AdapterContext & { http: HttpClient } {
  const real = createHttpClient();
  onTestFinished(() => real.close());
  const http: HttpClient = {
    request: (request) =>
      real.request({ ...request, timeoutMs: Math.min(request.timeoutMs ?? 10_000, timeoutMsMax) }),
    close: () => real.close(),
  };
  return { id: 'contract', http, now: Date.now };
}

/** A value that nobody may see, and what it is, in words. */
export interface Secret {
  readonly what: string;
  readonly text: string;
}

/**
 * What must not be seen of a configuration: its secret values, and of a secret URL also its path,
 * its long segments and query values.
 */
// biome-ignore lint/suspicious/noExplicitAny: definitions of differing schemas
export function secretsIn(definition: AdapterDefinition<any, unknown>, config: unknown): Secret[] {
  return definition.secrets.flatMap((key) => {
    const value = (config as Record<string, unknown>)[key];
    return value === undefined ? [] : partsOf(key, String(value));
  });
}

function partsOf(key: string, secret: string): Secret[] {
  const whole = { what: key, text: secret };
  if (!URL.canParse(secret) || !/^https?:/.test(secret)) return [whole];
  const { pathname, searchParams, password } = new URL(secret);
  const long = (what: string, texts: Iterable<string>) =>
    [...texts].filter((text) => text.length >= 10).map((text) => ({ what, text }));
  return [
    whole,
    { what: `the password in ${key}`, text: password },
    { what: `the path of ${key}`, text: pathname },
    ...long(`a part of the path of ${key}`, pathname.split('/')),
    ...long(`a value of the query of ${key}`, searchParams.values()),
  ].filter(({ text }) => text.length > 1);
}

/**
 * Fails if any of `secrets` can be seen in an error: message, stack, properties, hidden ones too,
 * and the same of every cause. Says which one and where, and never its value.
 */
export function expectNoSecret(error: unknown, secrets: readonly Secret[]): void {
  const shown = placesOf(error);
  const leaks = secrets.flatMap(({ what, text }) => {
    const holds = (place: Place) => place.text.toLowerCase().includes(text.toLowerCase());
    const place = shown.find(holds);
    return place === undefined ? [] : [`${what} can be seen in ${place.where}`];
  });
  if (leaks.length === 0) return;
  const remedy =
    'name only the host, and give failureOf and strangersAnswer of kit/http every value to hide';
  expect.fail(`${[...new Set(leaks)].join('; ')}: ${remedy}`);
}

interface Place {
  readonly where: string;
  readonly text: string;
}

/** The narrowest first. */
function placesOf(error: unknown): Place[] {
  const places: Place[] = [];
  let of = 'the error';
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 20;
    current = current.cause, depth += 1
  ) {
    places.push({ where: `the message of ${of}`, text: current.message });
    for (const [name, value] of Object.entries(current))
      places.push({ where: `\`${name}\` of ${of}`, text: String(JSON.stringify(value)) });
    places.push({ where: `the stack of ${of}`, text: String(current.stack) });
    of = `the cause of ${of}`;
  }
  const whole = inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
  const hidden = 'what an inspection of the error shows';
  places.push({ where: hidden, text: `${whole} ${JSON.stringify(error)}` });
  return places;
}

/** The AdapterError with which `promise` rejects; anything else fails the test. */
export async function adapterError(promise: Promise<unknown>): Promise<AdapterError> {
  const error = await promise.then(
    () => 'nothing was thrown',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AdapterError);
  return error as AdapterError;
}

/** What was aborted ends sooner; what nobody ended would go on until {@link impatientMs} or longer. */
export const abortedMs = impatientMs - 100;

/**
 * Milliseconds from an abort until `promise` ends, which it must do by rejecting; see {@link
 * settledMs}.
 */
export async function abortMs(abort: AbortController, promise: Promise<unknown>): Promise<number> {
  abort.abort(new Error('stop'));
  const ms = await settledMs(promise);
  await expect(promise).rejects.toThrow();
  return ms;
}

export type Skips<Case extends string> = { readonly [Name in Case]?: string };

export type InCase<Case extends string> = (
  name: Case,
  run: () => Promise<void> | void,
  timeoutMs?: number,
) => void;

/**
 * Registers a suite's cases: `register` gets a function to state each, which skips those that have
 * a reason. A case that was never stated fails, and so does a skip of a case that does not exist.
 */
export function registerCases<Case extends string>(
  cases: readonly Case[],
  skips: Skips<Case>,
  register: (inCase: InCase<Case>) => void,
): void {
  const stated: Case[] = [];
  register((name, run, timeoutMs) => {
    stated.push(name);
    const reason = skips[name];
    if (reason === undefined) test(name, run, timeoutMs);
    else test.skip(`${name} (${reason})`, () => {});
  });

  test('every case of the contract is stated once, and every skip names one and says why', () => {
    expect(stated.toSorted()).toEqual(cases.toSorted());
    for (const [name, reason] of Object.entries<string | undefined>(skips)) {
      expect(cases, `stale skip: ${name}`).toContain(name);
      expect(reason?.length, `${name} is skipped without a reason`).toBeGreaterThan(10);
    }
  });
}
