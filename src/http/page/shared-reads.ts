// What views that refresh by themselves ask again and again: all screens share one answer for some
// seconds, until somebody acts by the page.
import {
  type AnyOperation,
  hours,
  incident,
  type OperationContext,
  states,
  status,
} from '../../operations/index.ts';
import { shared } from '../computed-once.ts';

/** Each answers the same to everybody who may look. */
const reads: ReadonlySet<AnyOperation> = new Set<AnyOperation>([
  states.sinks,
  states.sources,
  hours.counted,
  status.show,
  incident.counted,
] as unknown as readonly AnyOperation[]);

/** Half of the time after which a view asks again. */
const freshMs = 5000;
/** While the database is slow, what it took is a twentieth of the time at most. */
const budgetMs = 1000;
/** Questions that are kept; a visitor may ask many different ones. */
const questionsMax = 100;

interface Shared {
  /** Of whoever asked last: the database may be another one by now. */
  ask: () => Promise<unknown>;
  readonly answer: () => Promise<unknown>;
}

export class SharedReads {
  readonly #answers = new Map<string, Shared>();
  #config: OperationContext['config'] | undefined;

  /** @param ask performs the operation; its errors are the caller's, and are not kept */
  async answer<Out>(
    operation: AnyOperation,
    { config, actor }: Pick<OperationContext, 'config' | 'actor'>,
    { input, ask }: { readonly input: unknown; readonly ask: () => Promise<Out> },
  ): Promise<Out> {
    if (this.#config !== config) this.#answers.clear();
    this.#config = config;
    if (!reads.has(operation)) {
      const answer = await ask();
      // What was asked for before the act says what was before it.
      if (operation.permission !== 'read') this.#answers.clear();
      return answer;
    }
    const key = `${operation.name} ${actor.role} ${JSON.stringify(input)}`;
    const known = this.#answers.get(key) ?? sharedBy(ask);
    known.ask = ask;
    if (this.#answers.size >= questionsMax && !this.#answers.has(key)) this.#answers.clear();
    this.#answers.set(key, known);
    return (await known.answer()) as Out;
  }
}

function sharedBy(ask: Shared['ask']): Shared {
  const one: Shared = { ask, answer: shared(() => one.ask(), { freshMs, budgetMs }) };
  return one;
}
