// What the API says when it does not do what was asked.

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** Of HTTP. */
  readonly status: number;
  /** The same for every problem of this status. */
  readonly title: string;
  /** When to try again; undefined: the service does not say. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    { title, detail, retryAfter }: { title: string; detail: string; retryAfter: string | null },
  ) {
    super(detail);
    this.status = status;
    this.title = title;
    this.retryAfterSeconds =
      retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined;
  }

  /** Also of an answer by something between, such as a proxy, which is no problem document. */
  static async of(answer: Response): Promise<ProblemError> {
    const retryAfter = answer.headers.get('retry-after');
    const body: unknown = await answer.json().catch(() => undefined);
    const { title, detail } = (body ?? {}) as {
      readonly title?: unknown;
      readonly detail?: unknown;
    };
    return new ProblemError(answer.status, {
      title: typeof title === 'string' ? title : answer.statusText,
      detail: typeof detail === 'string' ? detail : `The answer was ${answer.status}.`,
      retryAfter,
    });
  }
}
