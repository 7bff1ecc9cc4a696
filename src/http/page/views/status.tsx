// Status: the release, and which process works what.
import { works } from '../../../operations/index.ts';
import { Table } from '../parts/table.tsx';
import type { View } from '../visit.ts';

export const status: View = async ({ words, version, operate }) => {
  const processes = await operate(works.list, {});
  return {
    title: words.status.title,
    refreshSeconds: 10,
    body: (
      <>
        <h1>{words.status.title}</h1>
        <dl class="panel">
          <dt>{words.status.version}</dt>
          <dd>{version}</dd>
        </dl>
        <h2>{words.status.replicas}</h2>
        <Table
          caption={words.status.replicas}
          words={words}
          rows={processes.map((one, index) => ({ ...one, index }))}
          keyOf={({ index }) => String(index)}
          columns={[{ name: words.status.roles, cell: ({ roles }) => roles.join(', ') }]}
        />
      </>
    ),
  };
};
