// Commits to an embedded database as fast as it can and says what was acknowledged, until it is
// killed. Arguments: the built open.js, the data directory. Each transaction adds a row and raises
// a counter.
import { writeSync } from 'node:fs';

const [, , moduleFile, dataDir] = process.argv;
const { openEmbedded } = await import(moduleFile);
const { sql } = await openEmbedded({
  dataDir,
  checkpointEveryMs: 150,
  onFatal: () => process.exit(1),
});
await sql`create table if not exists counter (n int not null)`;
await sql`create table if not exists row (n int primary key, text text not null)`;
if ((await sql`select n from counter`).length === 0) await sql`insert into counter values (0)`;
for (;;) {
  const n = await sql.begin(async (tx) => {
    const [counter] = await tx`update counter set n = n + 1 returning n`;
    await tx`insert into row values (${counter.n}, ${'x'.repeat(3000)})`;
    return counter.n;
  });
  writeSync(1, `${n}\n`);
}
