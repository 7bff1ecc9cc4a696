// The audit log: every act of a person, and the proof that nobody changed the log.
import { z } from 'zod';
import type { AuditRow } from '../kit/records/audit.ts';
import { auditOrigin, firstBreak } from '../kit/records/audit-chain.ts';
import { listAudit, readAuditChain } from '../store/audit.ts';
import { cursorOf, keyOf } from './cursor.ts';
import {
  cursor,
  name,
  type Page,
  pageDefault,
  pageLimit,
  pageOf,
  rowId,
  text,
  time,
} from './fields.ts';
import type { Operation } from './operation.ts';

const json = 'as JSON, without secrets';

const entry = z.object({
  id: rowId,
  at: time,
  actor: text,
  via: text.describe('The door: cli, api, page, chat; or the type of a source'),
  address: text.nullable().describe('Of the client; null for a command'),
  operation: text,
  target: text.nullable().describe('What it was done to, such as sink:soc'),
  input: text.describe(`What was asked, ${json}`),
  before: text.nullable().describe(`What it was about to change, ${json}`),
  after: text.nullable().describe(`What came of it, ${json}; null: it had not ended, or failed`),
  previous: text.describe('The hash of the row before'),
  hash: text.describe('SHA-256 of the row with the hash of the row before'),
});

type Entry = Omit<AuditRow, 'id'> & { readonly id: string };

interface ListInput {
  readonly actor?: string | undefined;
  readonly operation?: string | undefined;
  readonly target?: string | undefined;
  readonly since?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export const auditFilters = z.strictObject({
  actor: name.optional(),
  operation: name.optional(),
  target: name.optional().describe('Such as sink:soc'),
  since: time.optional().describe('It was done then or later'),
});

export const list: Operation<ListInput, Page<Entry>> = {
  name: 'audit-list',
  summary: 'Who did what, through which door, before and after, the newest first',
  input: auditFilters.extend({ cursor, limit: pageLimit }),
  output: pageOf(entry),
  permission: 'read',
  route: 'GET /audit',
  async run({ db }, input) {
    const { actor, operation, target, since, limit = pageDefault } = input;
    const beforeId = keyOf(input.cursor, { ...input }, z.int().positive()) ?? undefined;
    const sinceMs = since === undefined ? undefined : Date.parse(since);
    const choice = { actor, operation, target, sinceMs, beforeId };
    const found = await listAudit(db, { ...choice, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map((row) => ({ ...row, id: String(row.id) })),
      next: last === undefined ? null : cursorOf(last.id, { ...input }),
    };
  },
};

/** How many rows one request checks. */
const stepRows = 2000;

interface Verdict {
  readonly checked: number;
  readonly firstBreak: string | null;
  readonly lastHash: string;
  readonly next: string | null;
}

export const verify: Operation<{ readonly cursor?: string | undefined }, Verdict> = {
  name: 'audit-verify',
  summary: 'Whether the rows of the audit log follow from each other, some thousand at a time',
  input: z.strictObject({ cursor }),
  output: z.object({
    checked: z.int().describe('How many rows were checked this time'),
    firstBreak: rowId
      .nullable()
      .describe('It, or a row before it, was changed, added or removed; null: all follow'),
    lastHash: text.describe(
      'Of the last row that was checked. Keep it elsewhere: rows that are cut off at the end break nothing',
    ),
    next: text.nullable().describe('The cursor to check on with; null: the end was reached'),
  }),
  permission: 'read',
  route: 'GET /audit/verification',
  async run({ db }, input) {
    const key = z.tuple([z.int().nonnegative(), z.string()]);
    const [afterId, from] = keyOf(input.cursor, {}, key) ?? [0, auditOrigin];
    const rows = await readAuditChain(db, afterId, stepRows);
    const broken = firstBreak(rows, from);
    const last = rows.at(-1);
    const isEnd = broken !== null || last === undefined || rows.length < stepRows;
    return {
      checked: rows.length,
      firstBreak: broken === null ? null : String(broken),
      lastHash: last?.hash ?? from,
      next: isEnd ? null : cursorOf([last.id, last.hash], {}),
    };
  },
};
