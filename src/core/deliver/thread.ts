// The thread of a card: what happened to its incident since the last edit and is no message of its
// own, as one reply, so that ten thousand recurrences are not ten thousand replies.
import { newsStream, noticeSource, type StoredEvent } from '../../kit/event.ts';
import { type ChangedField, type News, type NewsLine, vendorNames } from '../../kit/incident.ts';
import type { DueEdit } from '../../kit/records/edit.ts';
import type { Message, Sink } from '../../kit/sink.ts';
import type { Database } from '../../store/database.ts';
import { type QuietChanges, readQuietChanges } from '../../store/quiet-changes.ts';
import type { Deadlines } from './within.ts';

export interface ThreadDependencies {
  /** Of the sink. */
  readonly id: string;
  readonly sink: Pick<Sink, 'reply'>;
  readonly db: Database;
  readonly deadlines: Deadlines;
  /** A message about news of the message that is edited. */
  newsMessage(event: StoredEvent, edit: DueEdit): Message;
}

export class Thread {
  readonly #deps: ThreadDependencies;

  constructor(deps: ThreadDependencies) {
    this.#deps = deps;
  }

  /**
   * Replies with what happened between the version that the message showed and the one that it
   * shows now; nothing for a sink without threads. Repeated, it has the same delivery id.
   * @throws {AdapterError} the reply was not taken
   * @throws the driver's error
   */
  async tell(edit: DueEdit): Promise<void> {
    const { id, sink, db, deadlines } = this.#deps;
    const { event, incident, done, remoteId, attempts } = edit;
    if (sink.reply === undefined) return;
    const quiet = await readQuietChanges(db, { incident, done });
    if (quiet === null) return;
    const message = this.#deps.newsMessage(newsEvent(edit, quiet), edit);
    const deliveryId = `${id}-${event.id}-${done}-${incident.version}`;
    await deadlines.within((signal) =>
      sink.reply!(remoteId, message, { deliveryId, attempt: attempts + 1, signal }),
    );
  }
}

/** Of several of them the number and the fields say what came of all. */
const summedUp: readonly NewsLine['kind'][] = ['seen_again', 'vendor_changed'];

/** The event's number is 0: it is not stored. */
function newsEvent({ event, incident }: DueEdit, quiet: QuietChanges): StoredEvent {
  const { lines, more, about } = quiet;
  const last = mainOf(lines);
  const fields = fieldsOf(lines);
  const news: News = {
    ...last,
    ...{ incidentId: incident.id, eventId: event.id, about, state: incident.state },
    values: {
      ...last.values,
      ...(incident.lastSeenAt !== null && { lastSeenAt: incident.lastSeenAt }),
      ...(last.kind === 'seen_again' && { occurrences: String(incident.occurrences) }),
    },
    also: lines.filter((line) => line !== last && !summedUp.includes(line.kind)),
    ...(more > 0 && { more }),
    ...(fields.length > 0 && { fields }),
  };
  return {
    ...event,
    ...{ id: 0, source: noticeSource, stream: newsStream, type: 'INCIDENT', action: null },
    body: { news },
  };
}

/** That it happened again comes first, then the newest. */
function mainOf(lines: readonly NewsLine[]): NewsLine {
  return lines.findLast(({ kind }) => kind === 'seen_again') ?? lines.at(-1)!;
}

/** From what the first of them found to what the last left. */
function fieldsOf(lines: readonly NewsLine[]): ChangedField[] {
  const text = (value: string | undefined) => (value === undefined || value === '' ? null : value);
  return vendorNames.flatMap((name) => {
    const changed = lines.filter(({ values }) => values[`to.${name}`] !== undefined);
    if (changed.length === 0) return [];
    const from = text(changed[0]!.values[`from.${name}`]);
    return [{ name, from, to: text(changed.at(-1)!.values[`to.${name}`]) }];
  });
}
