// The database's thread: PGlite behind a message port, so that no query stops the main event loop.
// Started by engine.ts; never imported.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { FromThread, ThreadStart, ToThread } from './thread.ts';

const { task, cluster } = workerData as ThreadStart;
const port = parentPort!;

/** Small, because the database shares the process with the service: defaults take over 300 MB. */
const settings: Readonly<Record<string, string>> = {
  shared_buffers: '16MB',
  wal_buffers: '1MB',
  work_mem: '4MB',
  maintenance_work_mem: '16MB',
  max_connections: '2',
  // maintenance.ts asks for checkpoints; these two bound the files that remain after one.
  min_wal_size: '32MB',
  max_wal_size: '64MB',
  // Rows and statements never reach the log: only what ends the database is worth a line.
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
};

/**
 * The status with which PGlite leaves its main loop after an ordinary SQL error. Any other one is
 * the end of the database.
 */
const statementFailedStatus = 100;

/** The last three fatal messages of the server, which say why it ended. */
const fatalMessages: string[] = [];

function listen(line: string): void {
  const found = /(?:FATAL|PANIC):\s+(.*)/.exec(line);
  if (found?.[1] !== undefined) fatalMessages.push(found[1].slice(0, 300));
  if (fatalMessages.length > 3) fatalMessages.shift();
}

function post(message: FromThread, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function fail(error: unknown): never {
  const reason =
    error instanceof Error
      ? error.message
      : String((error as { message?: unknown })?.message ?? error);
  // What PGlite throws says how its program ended, but seldom why. The server's messages do.
  const reasons = fatalMessages.length > 0 ? [...new Set(fatalMessages)] : [reason];
  post({ kind: 'failed', problem: reasons.join('; ') });
  process.exit(1);
}

async function open(): Promise<PGlite> {
  const startParams = [
    ...PGlite.defaultStartParams,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  return PGlite.create({
    dataDir: cluster,
    startParams,
    onStderr: (line) => {
      listen(line);
      return false;
    },
  });
}

/** After a fatal error PGlite would call its main loop for ever, so the exit is caught inside. */
function endOnFatal(db: PGlite): void {
  const module = db.Module;
  const loopOnce = module._PostgresMainLoopOnce;
  module._PostgresMainLoopOnce = () => {
    try {
      loopOnce();
    } catch (error) {
      if ((error as { status?: unknown } | null)?.status !== statementFailedStatus) fail(error);
      throw error;
    }
  };
}

/** Runs protocol messages and returns all that the server said. */
async function exchange(db: PGlite, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  await db.execProtocolRawStream(bytes, {
    syncToFs: false,
    // Copied at once, because the database uses this memory again.
    onRawData: (data) => void chunks.push(data.slice()),
  });
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const answer = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    answer.set(chunk, offset);
    offset += chunk.length;
  }
  return answer;
}

/** A simple query after a Sync, which ends a sequence that the last connection left unfinished. */
function simpleQuery(text: string): Uint8Array {
  const body = new TextEncoder().encode(`${text}\0`);
  const message = Buffer.alloc(10 + body.length);
  message.write('S', 0, 'latin1');
  message.writeInt32BE(4, 1);
  message.write('Q', 5, 'latin1');
  message.writeInt32BE(4 + body.length, 6);
  message.set(body, 10);
  return message;
}

async function handle(db: PGlite, message: ToThread): Promise<void> {
  if (message.kind === 'connect') {
    for (const statement of ['rollback', 'discard all']) await exchange(db, simpleQuery(statement));
  } else if (message.kind === 'request') {
    const answer = await exchange(db, message.bytes);
    post({ kind: 'answer', connection: message.connection, bytes: answer }, [answer.buffer]);
  } else {
    await db.close(); // with a checkpoint: the next start has nothing to recover
    post({ kind: 'closed' });
    port.close();
  }
}

try {
  const db = await open();
  if (task === 'create') {
    await db.close();
    post({ kind: 'closed' });
  } else {
    endOnFatal(db);
    let turn: Promise<void> = Promise.resolve();
    port.on('message', (message: ToThread) => {
      turn = turn.then(() => handle(db, message)).catch(fail);
    });
    post({ kind: 'ready' });
  }
} catch (error) {
  fail(error);
}
