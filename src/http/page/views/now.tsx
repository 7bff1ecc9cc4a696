// Now: what goes on, one screen, the worst first.
import { backlog } from '../../../operations/index.ts';
import { Table } from '../parts/table.tsx';
import { span, Theirs } from '../parts/text.tsx';
import type { View } from '../visit.ts';

export const now: View = async ({ words, operate }) => {
  const { counts } = await operate(backlog.list, {});
  const rows = counts.toSorted(
    (a, b) => b.dead - a.dead || b.pending - a.pending || a.sink.localeCompare(b.sink),
  );
  return {
    title: words.nav.now,
    refreshSeconds: 10,
    body: (
      <>
        <h1>{words.nav.now}</h1>
        <Table
          caption={words.nav.sinks}
          words={words}
          rows={rows}
          keyOf={({ sink }) => sink}
          columns={[
            { name: words.now.sink, cell: ({ sink }) => <Theirs text={sink} /> },
            { name: words.states.pending, isNumber: true, cell: ({ pending }) => pending },
            { name: words.states.dead, isNumber: true, cell: ({ dead }) => dead },
            {
              name: words.now.oldest,
              isNumber: true,
              cell: ({ oldestPendingSeconds: age }) => (age > 0 ? span(age) : '–'),
            },
          ]}
        />
      </>
    ),
  };
};
