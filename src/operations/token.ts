// Bearer tokens: made, listed, revoked. The text of one is in the answer to its making, and nowhere
// else.
import { z } from 'zod';
import { duration } from '../kit/duration.ts';
import type { Token } from '../kit/records/access.ts';
import type { Permission } from '../kit/records/audit.ts';
import { refusal } from '../kit/refusals.ts';
import { hashOfSecret, makeToken } from '../kit/token.ts';
import { addToken, listTokens, readToken, revokeToken } from '../store/tokens.ts';
import { cursorOf, keyOf } from './cursor.ts';
import { cursor, type Page, pageDefault, pageLimit, pageOf, rowId, text, time } from './fields.ts';
import { ConflictError, InputError, NotFoundError, type Operation } from './operation.ts';

const role: z.ZodType<Permission> = z
  .enum(['read', 'operate', 'admin'])
  .describe('What it permits; each includes those before it');

const shown = z.object({
  id: rowId,
  name: text,
  role,
  createdBy: text,
  createdAt: time,
  expiresAt: time.nullable().describe('Null: never'),
  revokedAt: time.nullable().describe('Null: it was not revoked'),
  usedAt: time.nullable().describe('The last use, to the minute; null: not yet'),
  state: z.enum(['live', 'expired', 'revoked']),
});

type ShownToken = Omit<Token, 'id'> & { readonly id: string };

const lifeDefault = '90d';
const lifeMsMin = 60_000;
const lifeMsMax = 10 * 365 * 86_400_000;

interface CreateInput {
  readonly name: string;
  readonly role: Permission;
  readonly expires?: string | undefined;
}

interface Created {
  readonly token: string;
  readonly shown: ShownToken;
}

export const create: Operation<CreateInput, Created> = {
  name: 'token-create',
  summary: 'Makes a bearer token, and shows it this once',
  input: z.strictObject({
    name: z
      .string()
      .regex(/^[\w][\w .@-]{0,62}$/, 'expected up to 63 letters, digits, blanks and . _ @ -')
      .describe('Who or what uses it; the audit log shows this name'),
    role,
    expires: text
      .optional()
      .describe('When it expires: a time such as "30d" or "1y", or "never"')
      .meta({ default: lifeDefault }),
  }),
  output: z.object({
    token: text.describe('Keep it: it is stored nowhere and cannot be shown again'),
    shown,
  }),
  permission: 'admin',
  route: 'POST /tokens',
  target: ({ name }) => `token:${name}`,
  noted: (answer) => answer.shown,
  async run({ db, actor }, { name, role: given, expires = lifeDefault }) {
    const lifeMs = lifeOf(expires);
    const token = makeToken();
    const hash = hashOfSecret(token);
    const added = await addToken(db, { name, hash, role: given, createdBy: actor.name, lifeMs });
    if (added === null) throw new ConflictError([refusal('tokenTaken', { name })]);
    return { token, shown: shownOf(added) };
  },
};

/** @throws {InputError} */
function lifeOf(expires: string): number | null {
  if (expires === 'never') return null;
  const lifeMs = duration(expires);
  if (lifeMs !== undefined && lifeMs >= lifeMsMin && lifeMs <= lifeMsMax) return lifeMs;
  throw new InputError([refusal('tokenLife')]);
}

interface ListInput {
  readonly revoked?: boolean | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export const list: Operation<ListInput, Page<ShownToken>> = {
  name: 'token-list',
  summary: 'Bearer tokens with their roles and last use, the newest first',
  input: z.strictObject({
    revoked: z.boolean().optional().describe('Also those that were revoked'),
    cursor,
    limit: pageLimit,
  }),
  output: pageOf(shown),
  permission: 'admin',
  route: 'GET /tokens',
  isRehearsal: () => true,
  async run({ db }, input) {
    const { revoked = false, limit = pageDefault } = input;
    const beforeId = keyOf(input.cursor, { ...input }, z.int().positive());
    const found = await listTokens(db, {
      areRevokedListed: revoked,
      beforeId,
      limit: limit + 1,
    });
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    const next = last === undefined ? null : cursorOf(last.id, { ...input });
    return { items: items.map(shownOf), next };
  },
};

interface Revoked {
  readonly shown: ShownToken;
  readonly sessionsEnded: number;
}

export const revoke: Operation<{ readonly token: string }, Revoked> = {
  name: 'token-revoke',
  summary: 'Revokes a bearer token, and ends the sessions that began by it',
  input: z.strictObject({ token: rowId }),
  output: z.object({ shown, sessionsEnded: z.int() }),
  permission: 'admin',
  route: 'POST /tokens/{token}/revoke',
  target: ({ token }) => `token:${token}`,
  before: async ({ db }, { token }) => readToken(db, Number(token)),
  async run({ db }, { token }) {
    const revoked = await revokeToken(db, Number(token));
    if (revoked !== null)
      return { shown: shownOf(revoked.token), sessionsEnded: revoked.sessionsEnded };
    if ((await readToken(db, Number(token))) === null)
      throw new NotFoundError([refusal('tokenGone', { token })]);
    throw new ConflictError([refusal('tokenRevoked', { token })]);
  },
};

function shownOf(token: Token): ShownToken {
  return { ...token, id: String(token.id) };
}
