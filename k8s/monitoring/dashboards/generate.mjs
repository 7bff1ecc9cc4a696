// Writes the two dashboards as JSON: `node k8s/monitoring/dashboards/generate.mjs [folder]`, beside
// this file by default.
import { writeFileSync } from 'node:fs';
import { internals } from './internals.mjs';
import { overview } from './overview.mjs';

const [folder = import.meta.dirname] = process.argv.slice(2);
for (const dashboard of [overview, internals])
  writeFileSync(`${folder}/${dashboard.uid}.json`, `${JSON.stringify(dashboard, null, 2)}\n`);
