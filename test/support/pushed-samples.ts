// Recorded bodies of products that push, and what a source makes of one.
import { readFileSync } from 'node:fs';
import type { EventDraft } from '../../src/kit/event.ts';
import type { PushSource, SourceDefinition } from '../../src/kit/source.ts';
import { adapterContext } from '../contract/adapter-cases.ts';

/** @param path below test/fixtures, without `.json` */
export function sample(path: string): string {
  return readFileSync(new URL(`../fixtures/${path}.json`, import.meta.url), 'utf8');
}

/** @param more settings beside the example of the definition */
export function eventsOf(
  definition: SourceDefinition,
  body: string | object,
  more: object = {},
): readonly EventDraft[] {
  const config = definition.config.parse({ ...definition.example, ...more });
  const source = definition.create(config, adapterContext()) as PushSource;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = { headers: new Headers(), query: new URLSearchParams() };
  return source.parse({ ...request, body: new TextEncoder().encode(text) }).events;
}
