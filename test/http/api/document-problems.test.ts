// Problems in the document are those that the API answers with.
import { expect, test } from 'vitest';
import { problemAnswers, problemSchema } from '../../../src/http/api/document-problems.ts';
import { type ProblemStatus, problem } from '../../../src/http/api/problem.ts';

test.each(Object.entries(problemAnswers))(
  '%s has the fields and the title of a real one',
  async (status, answer) => {
    const real = (await problem(Number(status) as ProblemStatus, 'x').json()) as object;
    expect(Object.keys(real)).toEqual(problemSchema.required);
    expect(answer).toMatchObject({
      content: { 'application/problem+json': { example: { ...real, detail: expect.anything() } } },
    });
  },
);
