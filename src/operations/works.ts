// Who works on this database, and what each of them works.
import { z } from 'zod';
import type { Works } from '../kit/records/role.ts';
import { listWorks } from '../store/leases.ts';
import { text } from './fields.ts';
import type { Operation } from './operation.ts';

const works = z.object({
  roles: z.array(text),
  consoles: z.record(text, text),
  places: z.record(text, text),
});

export const list: Operation<Record<never, never>, readonly Works[]> = {
  name: 'works-list',
  summary: 'What each live process works',
  input: z.strictObject({}),
  output: z.array(works),
  permission: 'read',
  run: ({ db }) => listWorks(db),
};
