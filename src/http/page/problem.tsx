// What a visitor sees when a view cannot be shown.
import type { Shown } from './visit.ts';
import type { Words } from './words/index.ts';

/** @param detail one problem a line */
export function showProblem(detail: string, { problems }: Words): Shown {
  return {
    title: problems.title,
    body: (
      <>
        <h1>{problems.title}</h1>
        {detail.split('\n').map((line) => (
          <p class="notice bad">{line}</p>
        ))}
        <p>
          <a href="/">{problems.back}</a>
        </p>
      </>
    ),
  };
}
