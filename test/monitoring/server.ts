// A real Prometheus on loopback that scrapes one address each second and judges the alert rules,
// for tests. Ends with the test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { until } from '../support/world.ts';
import { folderWithRules } from './prometheus.ts';

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds and value of each point; one for an instant query. */
  readonly points: readonly (readonly [number, number])[];
}

export interface PrometheusServer {
  /** Asks the HTTP API; `path` is what follows `/api/v1/`. @throws what Prometheus says is wrong */
  ask<Data>(path: string, parameters: Readonly<Record<string, string>>): Promise<Data>;
  /** Its value now. */
  instant(expr: string): Promise<Sample[]>;
  /** Its values in the last `seconds`, one for each second. */
  range(expr: string, seconds: number): Promise<Sample[]>;
}

/** @param target the service's address, `http://127.0.0.1:1234` */
export async function startPrometheus(target: string): Promise<PrometheusServer> {
  const folder = folderWithRules();
  const configuration = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yaml'],
    scrape_configs: [
      {
        job_name: 'tocsin',
        static_configs: [{ targets: [new URL(target).host], labels: { namespace: 'soc' } }],
      },
    ],
  };
  writeFileSync(join(folder, 'prometheus.yml'), stringify(configuration));
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    '--config.file=prometheus.yml',
    '--storage.tsdb.path=data',
    `--web.listen-address=${address}`,
  ];
  const child = spawn('prometheus', args, { cwd: folder, stdio: 'ignore' });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const isReady = async () => {
    const answer = await fetch(`http://${address}/-/ready`, {
      signal: AbortSignal.timeout(1000),
    }).catch(() => undefined);
    return answer?.ok === true;
  };
  if (!(await until(isReady, 20_000))) throw new Error('Prometheus was not ready after 20 s');
  return clientOf(address);
}

function clientOf(address: string): PrometheusServer {
  async function ask<Data>(
    path: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Data> {
    const url = `http://${address}/api/v1/${path}?${new URLSearchParams(parameters)}`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const { status, data, error } = (await answer.json()) as {
      status: string;
      data: Data;
      error?: string;
    };
    if (status !== 'success') throw new Error(`${parameters.query ?? path}: ${error}`);
    return data;
  }
  type Point = readonly [number, string];
  type Result = { result: { metric: Record<string, string>; value?: Point; values?: Point[] }[] };
  const samples = ({ result }: Result): Sample[] =>
    result.map(({ metric, value, values = [value!] }) => ({
      metric,
      points: values.map(([at, text]) => [at, Number(text)] as const),
    }));
  return {
    ask,
    instant: async (query) => samples(await ask<Result>('query', { query })),
    async range(query, seconds) {
      const end = Date.now() / 1000;
      const times = { start: String(end - seconds), end: String(end), step: '1' };
      return samples(await ask<Result>('query_range', { query, ...times }));
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
