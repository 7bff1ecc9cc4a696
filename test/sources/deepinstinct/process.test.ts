// Which of a chain of processes acted, and which started it.
import { describe, expect, test } from 'vitest';
import { bodyOf } from './drafts.ts';

describe('processes', () => {
  const child = { process_id: 3, parent_id: 2, process_name: 'c.exe' };
  const middle = { process_id: 2, parent_id: 1, process_name: 'b.exe' };
  const root = { process_id: 1, parent_id: null, process_name: 'a.exe' };
  const names = (...chain: unknown[]) => {
    const { process, parentProcess } = bodyOf({ process_chain: chain });
    return [process?.name, parentProcess?.name];
  };

  test('are the child and its parent, in whatever order the chain comes', () => {
    expect(names(child, middle, root)).toEqual(['c.exe', 'b.exe']);
    expect(names(root, middle, child)).toEqual(['c.exe', 'b.exe']);
    expect(names(middle, root, child)).toEqual(['c.exe', 'b.exe']);
    expect(names(child)).toEqual(['c.exe', undefined]);
    expect(names()).toEqual([undefined, undefined]);
  });

  test('stand as they come if the ids say nothing', () => {
    const loop = [
      { ...child, parent_id: 9, process_id: 8 },
      { ...root, parent_id: 8, process_id: 9 },
    ];
    expect(names(...loop)).toEqual(['c.exe', 'a.exe']);
    expect(names({ process_name: 'x' }, { process_name: 'y' }, null, 'z')).toEqual(['x', 'y']);
  });
});
