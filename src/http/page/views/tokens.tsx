// Tokens and sessions: who may come in, a new token, shown once, and the end of either.
import { NotFoundError, session, token } from '../../../operations/index.ts';
import { ActButton, ActLink, Field } from '../parts/form.tsx';
import { Pager, Table } from '../parts/table.tsx';
import { Theirs, Time } from '../parts/text.tsx';
import { type Act, doneAt, type View, type Visit } from '../visit.ts';

type Role = Parameters<typeof token.create.run>[1]['role'];

const roles = ['read', 'operate', 'admin'] as const;
/** Refused with where to look, if it is further back than this. */
const sessionsShown = 200;
/** Of 200 tokens each, in which one is looked for. */
const pagesMax = 20;

export const tokens: View = async (visit) => {
  const { words, url, operate } = visit;
  const own = words.tokens;
  const cursor = url.searchParams.get('cursor') ?? undefined;
  const revoked = url.searchParams.get('all') === 'yes' ? true : undefined;
  const [{ items, next }, sessions] = await Promise.all([
    operate(token.list, { cursor, revoked }),
    operate(session.list, { limit: sessionsShown }),
  ]);
  return {
    title: own.title,
    body: (
      <>
        <h1>{own.title}</h1>
        <section class="panel group">
          <h2>{own.make}</h2>
          <ActButton visit={visit} action="/tokens" text={own.make} needs="admin">
            <Field visit={visit} name="name" label={own.name} required />
            <Field
              {...{ visit, name: 'role', label: own.role }}
              choices={roles.map((value) => ({ value, text: `${value}: ${words.roles[value]}` }))}
            />
            <Field visit={visit} name="expires" label={own.expiresIn} hint="90d" />
          </ActButton>
        </section>
        <h2>{own.tokens}</h2>
        {revoked ? (
          ''
        ) : (
          <p>
            <a href="/tokens?all=yes">{own.all}</a>
          </p>
        )}
        <Table
          caption={own.tokens}
          words={words}
          rows={items}
          keyOf={({ id }) => `token ${id}`}
          columns={[
            { name: own.name, cell: ({ name }) => <Theirs text={name} /> },
            { name: own.role, cell: ({ role }) => role },
            { name: own.state, cell: ({ state }) => own.states[state] },
            { name: own.by, cell: ({ createdBy }) => <Theirs text={createdBy} /> },
            { name: own.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
            {
              name: own.expires,
              cell: ({ expiresAt }) => (expiresAt === null ? own.never : <Time at={expiresAt} />),
            },
            { name: own.used, cell: ({ usedAt }) => <Time at={usedAt} /> },
            {
              name: own.revoke,
              cell: ({ id, state }) =>
                state === 'revoked' ? (
                  ''
                ) : (
                  <ActLink
                    visit={visit}
                    href={`/tokens/${id}/revoke`}
                    text={own.revoke}
                    needs="admin"
                  />
                ),
            },
          ]}
        />
        <Pager url={url} next={next} words={words} />
        <h2>{own.sessions}</h2>
        {sessionTable(sessions.items, visit)}
      </>
    ),
  };
};

function sessionTable(rows: Awaited<ReturnType<typeof session.list.run>>['items'], visit: Visit) {
  const { words } = visit;
  const own = words.tokens;
  return (
    <Table
      caption={own.sessions}
      words={words}
      rows={rows}
      keyOf={({ subject, createdAt }) => `session ${subject} ${createdAt}`}
      columns={[
        { name: own.person, cell: ({ subject }) => <Theirs text={subject} /> },
        { name: own.role, cell: ({ role }) => role },
        { name: own.via, cell: ({ via }) => via },
        { name: own.seen, cell: ({ seenAt }) => <Time at={seenAt} /> },
        { name: own.expires, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
        {
          name: own.end,
          cell: ({ subject }) => (
            <ActLink
              visit={visit}
              href={`/tokens/sessions?${new URLSearchParams({ subject })}`}
              text={own.end}
              needs="admin"
            />
          ),
        },
      ]}
    />
  );
}

/** Shows the token, which no later view can. */
export const makeToken: Act = async (visit, _fields, form) => {
  const own = visit.words.tokens;
  const { name = '', role, expires } = form;
  const made = await visit.operate(token.create, {
    name,
    // The operation refuses what is no role.
    role: role as Role,
    ...(expires && { expires }),
  });
  return {
    title: own.title,
    body: (
      <>
        <h1>{own.title}</h1>
        <p class="notice">{own.made.replace('{name}', made.shown.name)}</p>
        <p class="row">
          <code class="theirs">{made.token}</code>
          <button type="button" class="copy" data-copied={visit.words.shell.copied} hidden>
            {visit.words.shell.copy}
          </button>
        </p>
        <p>
          <a href="/tokens">{visit.words.problems.back}</a>
        </p>
      </>
    ),
  };
};

export const revokeToken: View = async (visit, { token: id = '' }) => {
  const own = visit.words.tokens;
  const title = own.revokeNow.replace('{name}', await nameOf(visit, id));
  return lastStep(visit, { title, means: own.revokeMeans, action: `/tokens/${id}/revoke` });
};

/** From the store: an address says what its author likes. */
async function nameOf({ operate, words }: Visit, id: string): Promise<string> {
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const { items, next } = await operate(token.list, { limit: 200, cursor });
    const found = items.find((one) => one.id === id);
    if (found !== undefined) return `${found.name} (${found.role})`;
    if (next === null) break;
    cursor = next;
  }
  throw new NotFoundError(words.tokens.unknown.replace('{id}', id));
}

export const endSessions: View = async (visit) => {
  const own = visit.words.tokens;
  const subject = visit.url.searchParams.get('subject') ?? '';
  const { items } = await visit.operate(session.list, { subject, limit: sessionsShown });
  return lastStep(visit, {
    title: own.endSessions.replace('{name}', subject),
    means: own.endMeans.replace('{n}', String(items.length)),
    action: '/tokens/sessions',
    hidden: { subject },
  });
};

function lastStep(
  visit: Visit,
  step: {
    readonly title: string;
    readonly means: string;
    readonly action: string;
    readonly hidden?: Readonly<Record<string, string>>;
  },
) {
  const { title, means, action, hidden = {} } = step;
  return {
    title,
    body: (
      <>
        <h1>
          <bdi>{title}</bdi>
        </h1>
        <p>{means}</p>
        <ActButton {...{ visit, action, hidden }} text={title} needs="admin" isDangerous />
        <p>
          <a href="/tokens">{visit.words.problems.back}</a>
        </p>
      </>
    ),
  };
}

export const revokeTokenNow: Act = async ({ operate }, { token: id = '' }) => {
  const { sessionsEnded } = await operate(token.revoke, { token: id });
  return doneAt('/tokens', 'tokenRevoked', sessionsEnded);
};

export const endSessionsNow: Act = async ({ operate }, _fields, { subject }) => {
  const { ended } = await operate(session.revoke, { subject });
  return doneAt('/tokens', 'sessionsEnded', ended);
};
