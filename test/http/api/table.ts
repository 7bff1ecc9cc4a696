// A small table of operations, and an API of it.
import type { Hono } from 'hono';
import { vi } from 'vitest';
import { z } from 'zod';
import { type ApiDependencies, createApi } from '../../../src/http/api/index.ts';
import type { AnyOperation } from '../../../src/operations/index.ts';
import type { Database } from '../../../src/store/database.ts';
import { ann, contextOn } from '../../operations/acting.ts';

const colour = z.enum(['red', 'blue']);

/** `run` gets the input of each operation, and its answer is theirs. */
export function createTable(
  run = vi.fn(async (_input: unknown): Promise<unknown> => ({ ok: true })),
) {
  const output = z.object({ ok: z.boolean() });
  const shared = { output, permission: 'read' as const };
  const own = { run: (_: unknown, input: unknown) => run(input) };
  const table = [
    {
      ...{ name: 'bell-list', summary: 'The bells', route: 'GET /bells', ...shared, ...own },
      input: z.strictObject({
        limit: z.int().max(200).optional(),
        colours: z.array(colour).optional(),
        numbers: z.array(z.int()).optional(),
        rings: z.boolean().optional(),
        text: z.string().optional(),
      }),
    },
    {
      ...{ name: 'bell-show', summary: 'A bell', route: 'GET /bells/{bell}', ...shared, ...own },
      input: z.strictObject({ bell: z.string().max(20) }),
    },
    {
      ...{
        name: 'bell-dead',
        summary: 'Broken bells',
        route: 'GET /bells/dead',
        ...shared,
        ...own,
      },
      input: z.strictObject({}),
    },
    {
      ...{ name: 'bell-ring', summary: 'Rings a bell', route: 'POST /bells/{bell}/ring' },
      ...{ ...shared, ...own },
      input: z.strictObject({
        bell: z.string(),
        times: z.int().max(9),
        note: z.string().optional(),
      }),
    },
    {
      ...{ name: 'bells-ring', summary: 'Rings all bells', route: 'POST /bells/ring' },
      ...{ ...shared, ...own },
      input: z.strictObject({}),
    },
    {
      name: 'bell-cast',
      summary: 'For commands alone',
      ...shared,
      ...own,
      input: z.strictObject({}),
    },
  ];
  return { table: table as unknown as readonly AnyOperation[], run };
}

export function createTestApi(more: Partial<ApiDependencies> = {}): {
  readonly app: Hono;
  readonly run: ReturnType<typeof createTable>['run'];
  readonly onFailure: ReturnType<typeof vi.fn>;
} {
  const { table, run } = createTable();
  const onFailure = vi.fn();
  const deps = {
    version: '1.2.3',
    identify: async () => ({ actor: ann }),
    contextOf: () => contextOn({} as Database),
    onFailure,
    ...more,
  };
  return { app: createApi(deps, table), run, onFailure };
}
