// Calls the REST API as an administrator for a setup. What the server refuses is told with its name
// for the error, and never with the token.
import type { z } from 'zod';
import type { HttpAnswer } from '../../../../kit/http/index.ts';
import { isServersOwn } from '../../answers.ts';
import { errorIdOf, readJson } from '../answers.ts';
import type { MattermostApi } from '../api.ts';

/** A step cannot be made here: the message says what the server answered, or what keeps it. */
export class SetupRefusal extends Error {
  override readonly name = 'SetupRefusal';
  /** The message says what is to be done, too. */
  readonly isWhole: boolean;

  constructor(message = '', { isWhole = false } = {}) {
    super(message);
    this.isWhole = isWhole;
  }
}

interface Write {
  readonly call: `${'POST' | 'PUT'} ${string}`;
  readonly body: object;
}

export class Administrator {
  readonly #api: MattermostApi | undefined;
  readonly #host: string;
  readonly #signal: AbortSignal;

  /** @param api undefined: nobody gave a token, and everything is refused */
  constructor(api: MattermostApi | undefined, host: string, signal: AbortSignal) {
    this.#api = api;
    this.#host = host;
    this.#signal = signal;
  }

  /** Undefined: there is no such thing. @throws {SetupRefusal} {AdapterError} */
  async get<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
  ): Promise<z.output<Schema> | undefined> {
    const answer = await this.#with().get(path, this.#signal);
    if (answer.status === 404 && isServersOwn(answer)) return undefined;
    return this.#read(schema, answer);
  }

  /** @throws {SetupRefusal} {AdapterError} */
  async send<Schema extends z.ZodType>(
    schema: Schema,
    { call, body }: Write,
  ): Promise<z.output<Schema>> {
    return this.#read(schema, await this.#with().send(call, body, this.#signal));
  }

  #with(): MattermostApi {
    if (this.#api === undefined) throw new SetupRefusal();
    return this.#api;
  }

  #read<Schema extends z.ZodType>(schema: Schema, answer: HttpAnswer): z.output<Schema> {
    const { status, body } = answer;
    const read = status === 200 || status === 201 ? readJson(schema, body) : undefined;
    if (read !== undefined) return read;
    const errorId = errorIdOf(answer)
      .replace(/[^\w.-]/g, '')
      .slice(0, 100);
    const named = errorId === '' ? '' : ` (${errorId})`;
    throw new SetupRefusal(`${this.#host} answered ${status}${named}.`);
  }
}
