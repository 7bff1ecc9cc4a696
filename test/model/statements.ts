// The database as a process sees it: a statement runs when the schedule says so, and its answer
// comes when the schedule says so. Its clock is the schedule's: functions in a schema of their own
// stand before Postgres's.
import postgres from 'postgres';
import { driverOptions } from '../../src/store/connection.ts';
import { type Database, databaseOf } from '../../src/store/database.ts';
import { type Context, running } from './clock.ts';

/** A statement that a process asked for. */
export interface Statement {
  readonly kind: 'statement';
  readonly context: Context;
  readonly text: string;
  /** Of a reading of what is due: of one at random, or of one that is named, for a probe. */
  readonly isProbe: boolean;
  isExecuted: boolean;
  /** Rows, once executed without error. */
  rows: readonly Record<string, unknown>[] | undefined;
  /** Runs it on the database. */
  execute(): Promise<void>;
  /** Gives the process the outcome; it must have been executed. */
  answer(): void;
  /** Gives the process an error of the connection, whether or not it was executed. */
  cut(): void;
}

/** What statements are for, as far as schedules treat them by kind. */
export const statementKinds = {
  page: /insert into events/,
  delivered: /update deliveries set state = 'delivered'/,
  failed: /update deliveries d set attempts/,
  reading: /from deliveries d\s+where/,
  groups: /left join groups/,
  members: /json_to_record\(e.body\)/,
  digest: /update deliveries d set digest_id/,
  cards: /group_key = null/,
  heartbeat: /update replicas set expires_at[^;]*returning 1/,
  takeover: /update leases l set holder/,
  release: /update leases set holder = null/,
} as const;
export type StatementKind = keyof typeof statementKinds;

/**
 * What of the driver's queries is needed to hold them back: it sends a query at the first `handle`,
 * and ends it by `resolve` or `reject`.
 */
interface DriverQuery {
  strings: string[];
  args: unknown[];
  handle(): Promise<void>;
  resolve(rows: readonly Record<string, unknown>[]): void;
  reject(error: unknown): void;
}

/** Opens the only connection: statements of all processes run one after the other. */
export function connect(url: string): postgres.Sql {
  const connection = { search_path: 'model, pg_catalog, public', synchronous_commit: 'off' };
  const options = { ...driverOptions, connection, max: 1, idle_timeout: 0, max_lifetime: null };
  return postgres(
    url,
    options as typeof options & { connection: object },
  ) as unknown as postgres.Sql;
}

/** Puts the schedule's clock before Postgres's own. Once for each database. */
export async function installDatabaseClock(client: postgres.Sql): Promise<void> {
  const body = `returns timestamptz language sql stable as $$
    select timestamptz 'epoch' + current_setting('model.ms')::float8 * interval '1 millisecond' $$`;
  await client.unsafe(`
    create schema model;
    create function model.now() ${body};
    create function model.clock_timestamp() ${body};
    alter table events alter received_at set default model.now();
    alter table deliveries alter scheduled_at set default model.now();
    alter table delivery_attempts alter at set default model.now();
    alter table cursors alter updated_at set default model.now();
    alter table sinks alter since set default model.now();
    alter table groups alter sent_at set default model.now();`);
}

/** @param ask told of each statement that a process begins */
export function holdBack(client: postgres.Sql, ask: (statement: Statement) => void): Database {
  const hold = (query: unknown): unknown => {
    const context = running.getStore();
    if (!context) throw new Error('a statement outside of a process');
    const held = query as DriverQuery;
    const send = held.handle;
    const { resolve, reject } = held;
    let isAsked = false;
    held.handle = async () => {
      if (isAsked) return;
      isAsked = true;
      ask(statementOf(held, context, { send: () => send.call(held), resolve, reject }));
    };
    return query;
  };
  const held = Object.assign(
    (strings: TemplateStringsArray, ...values: never[]) => hold(client(strings, ...values)),
    {
      unsafe: (text: string, values: never[], options: object) =>
        hold(client.unsafe(text, values, options)),
      options: client.options,
    },
  );
  return databaseOf(held as unknown as postgres.Sql);
}

function statementOf(
  query: DriverQuery,
  context: Context,
  driver: Pick<DriverQuery, 'resolve' | 'reject'> & { send(): Promise<void> },
): Statement {
  let error: unknown;
  const text = textOf(query);
  const isProbe = text.includes('random()') || text.includes('and event_id = ?::bigint');
  const statement: Statement = {
    kind: 'statement',
    context,
    text,
    isProbe,
    isExecuted: false,
    rows: undefined,
    execute: () =>
      new Promise((done) => {
        statement.isExecuted = true;
        query.resolve = (rows) => {
          statement.rows = rows;
          done();
        };
        query.reject = (reason) => {
          error = reason;
          done();
        };
        void driver.send();
      }),
    answer: () => (statement.rows ? driver.resolve(statement.rows) : driver.reject(error)),
    cut: () =>
      driver.reject(
        Object.assign(new Error('the connection was cut'), { code: 'CONNECTION_CLOSED' }),
      ),
  };
  return statement;
}

/** With the parts of which it is put together, and `?` for each value. */
function textOf({ strings, args }: DriverQuery): string {
  const values = args.map((arg) => {
    const part = arg as DriverQuery | null;
    return part?.strings ? textOf(part) : '?';
  });
  return strings.map((text, index) => text + (values[index] ?? '')).join('');
}
