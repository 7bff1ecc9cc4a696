// How often attempts fail by the sink's own doing, and how soon that is learned and forgotten.
import { expect, test } from 'vitest';
import { Experience } from '../../../src/core/deliver/experience.ts';

const learned = (count: number, failures: (n: number) => number) => {
  const experience = new Experience();
  for (let n = 0; n < count; n += 1) experience.learn(failures(n));
  return experience;
};

test('without experience nothing fails, or who is careful expects half of it', () => {
  expect([learned(0, () => 0).rate(false), learned(0, () => 0).rate(true)]).toEqual([0, 0.5]);
});

test('of many attempts it is the part that failed', () => {
  const experience = learned(2000, (n) => (n % 4 === 0 ? 1 : 0));
  expect(experience.rate(false)).toBeGreaterThan(0.18);
  expect(experience.rate(false)).toBeLessThan(0.25);
});

test('a bad time is seen within some attempts, and gone after some hundreds', () => {
  const experience = learned(500, () => 0);
  for (let n = 0; n < 10; n += 1) experience.learn(1);
  expect(experience.rate(false)).toBeGreaterThan(0.15);
  for (let n = 0; n < 1500; n += 1) experience.learn(0);
  expect(experience.rate(false)).toBeLessThan(0.01);
});

test('it is never 1, however often it fails', () => {
  expect(learned(1000, () => 50).rate(true)).toBeLessThan(1);
});

test('what is left at the end of a backlog, and failed often, hardly moves what hundreds of attempts told', () => {
  const experience = learned(2000, (n) => (n % 4 === 0 ? 1 : 0));
  const before = experience.lasting(true);
  for (let n = 0; n < 10; n += 1) experience.learn(4);
  expect(experience.rate(true)).toBeGreaterThan(2 * before);
  expect(experience.lasting(true)).toBeLessThan(1.5 * before);
});
