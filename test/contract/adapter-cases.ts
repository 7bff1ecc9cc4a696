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

/**
 * What must not be seen of a configuration: its secret values, and of a secret URL also its path,
 * its long segments and query values.
 */
// biome-ignore lint/suspicious/noExplicitAny: definitions of differing schemas
export function secretsIn(definition: AdapterDefinition<any, unknown>, config: unknown): string[] {
  const values = definition.secrets.map((key) => (config as Record<string, unknown>)[key]);
  return values.flatMap((value) => (value === undefined ? [] : partsOf(String(value))));
}

function partsOf(secret: string): string[] {
  if (!URL.canParse(secret) || !/^https?:/.test(secret)) return [secret];
  const { pathname, searchParams, password } = new URL(secret);
  const parts = [...pathname.split('/'), ...searchParams.values()].filter(
    (part) => part.length >= 10,
  );
  return [secret, password, pathname, ...parts].filter((part) => part.length > 1);
}

/**
 * Fails if any of `secrets` can be seen in an error: message, stack, properties, hidden ones too,
 * and the same of every cause.
 */
export function expectNoSecret(error: unknown, secrets: readonly string[]): void {
  const shown = [
    inspect(error, { depth: 20, showHidden: true, maxStringLength: null }),
    String(JSON.stringify(error)),
  ];
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 20;
    current = current.cause, depth += 1
  ) {
    shown.push(current.message, String(current.stack), JSON.stringify({ ...current }));
  }
  for (const secret of secrets) {
    expect(shown.some((text) => text.toLowerCase().includes(secret.toLowerCase()))).toBe(false);
  }
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
