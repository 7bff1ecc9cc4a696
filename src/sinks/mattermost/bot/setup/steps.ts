// The steps of a setup: each is right, done, only rehearsed, or left to an administrator.
import type { SetupSetting, SetupStep } from '../../../../kit/setup.ts';
import { SetupRefusal } from './administrator.ts';

export interface Task<Result> {
  readonly what: string;
  /** What an administrator does where this may not, with every value. */
  readonly todo: string;
  /** @throws {SetupRefusal} */
  act(): Promise<Acted<Result>>;
}

export type Acted<Result> = Pick<SetupStep, 'state' | 'text'> & { readonly result: Result };

export class Steps {
  readonly steps: SetupStep[] = [];
  readonly settings: SetupSetting[] = [];
  readonly #isRehearsal: boolean;

  constructor(isRehearsal: boolean) {
    this.#isRehearsal = isRehearsal;
  }

  add(step: SetupStep): void {
    this.steps.push(step);
  }

  /** Undefined: it is left to an administrator. */
  async task<Result>({ what, todo, act }: Task<Result>): Promise<Result | undefined> {
    try {
      const { result, ...step } = await act();
      this.add({ what, ...step });
      return result;
    } catch (error) {
      if (!(error instanceof SetupRefusal)) throw error;
      const text = error.isWhole ? error.message : `${error.message} ${todo}`.trim();
      this.add({ what, state: 'todo', text });
      return undefined;
    }
  }

  /** Changes something, unless this is a rehearsal. @param text what it comes to */
  async change<Result>(
    text: string,
    make: () => Promise<Result>,
  ): Promise<Acted<Result | undefined>> {
    if (this.#isRehearsal) return { state: 'would', text, result: undefined };
    return { state: 'done', result: await make(), text };
  }
}
