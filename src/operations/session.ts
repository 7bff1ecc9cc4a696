// Browsers that are signed in: listed, signed out.
import { z } from 'zod';
import type { Session } from '../kit/records/access.ts';
import { refusal } from '../kit/refusals.ts';
import { endSessions, listSessions } from '../store/sessions.ts';
import { cursorOf, keyOf } from './cursor.ts';
import { cursor, type Page, pageDefault, pageLimit, pageOf, text, time } from './fields.ts';
import { InputError, type Operation } from './operation.ts';

type ShownSession = Omit<Session, 'hash' | 'tokenId'>;

interface ListInput {
  readonly subject?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

const key = z.strictObject({ createdAt: time, hash: z.string().regex(/^[\da-f]{64}$/) });

export const list: Operation<ListInput, Page<ShownSession>> = {
  name: 'session-list',
  summary: 'Who is signed in with a browser, the newest first',
  input: z.strictObject({
    subject: text.optional().describe('Only the sessions of this person'),
    cursor,
    limit: pageLimit,
  }),
  output: pageOf(
    z.object({
      subject: text,
      role: z.enum(['read', 'operate', 'admin']),
      via: z.enum(['token', 'oidc']).describe('How it began'),
      createdAt: time,
      seenAt: time.describe('The last use, to the minute'),
      expiresAt: time.describe('It ends then, or after 8 hours without use'),
    }),
  ),
  permission: 'admin',
  route: 'GET /sessions',
  isRehearsal: () => true,
  async run({ db }, input) {
    const { subject = null, limit = pageDefault } = input;
    const after = keyOf(input.cursor, { ...input }, key);
    const found = await listSessions(db, { subject, after, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    const next = last && cursorOf({ createdAt: last.createdAt, hash: last.hash }, { ...input });
    return { items: items.map(shownOf), next: next ?? null };
  },
};

interface RevokeInput {
  readonly subject?: string | undefined;
  readonly all?: boolean | undefined;
}

export const revoke: Operation<RevokeInput, { readonly ended: number }> = {
  name: 'session-revoke',
  summary: 'Signs out a person, or everybody',
  input: z.strictObject({
    subject: text.optional().describe('Whose sessions, as the list of sessions shows it'),
    all: z.boolean().optional().describe("Everybody's"),
  }),
  output: z.object({ ended: z.int() }),
  permission: 'admin',
  route: 'POST /sessions/revoke',
  target: ({ subject }) => (subject === undefined ? 'sessions' : `sessions:${subject}`),
  async run({ db }, { subject, all = false }) {
    if ((subject === undefined) === !all) throw new InputError([refusal('sessionsWhose')]);
    return { ended: await endSessions(db, subject ?? null) };
  },
};

function shownOf({ subject, role, via, createdAt, seenAt, expiresAt }: Session): ShownSession {
  return { subject, role, via, createdAt, seenAt, expiresAt };
}
