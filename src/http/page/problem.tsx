// What a visitor sees when a view cannot be shown.
import type { Shown } from './visit.ts';
import type { Words } from './words/index.ts';

export function showProblem(detail: string, { problems }: Words): Shown {
  return {
    title: problems.title,
    body: (
      <>
        <h1>{problems.title}</h1>
        <p class="notice bad">{detail}</p>
        <p>
          <a href="/">{problems.back}</a>
        </p>
      </>
    ),
  };
}
