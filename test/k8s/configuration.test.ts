// What Tocsin makes of the variables, files and secrets that a pod hands to it: the real reader of
// the configuration, over the rendered objects and the examples of Secrets. And that it may reach
// what it is then told to reach, and nothing else.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Config, loadConfig } from '../../src/config/index.ts';
import { knownVariables, secretVariables } from '../../src/config/read/known.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { silenceMaxMs } from '../../src/store/socket.ts';
import {
  allOf,
  describeRendered,
  type Kinds,
  type Manifest,
  oneOf,
  type Pod,
  readManifests,
  readText,
  rendered,
} from './manifests.ts';

const known: readonly string[] = knownVariables;
const examples = {
  single: ['base'],
  postgres: ['base', 'overlays/postgres'],
  ha: ['base', 'overlays/ha'],
  example: ['base', 'overlays/postgres'],
} as const;
type Overlay = keyof typeof examples;
const names = Object.keys(examples) as Overlay[];

function secretsOf(name: Overlay): Kinds['Secret'][] {
  return examples[name].flatMap((folder) =>
    allOf(readManifests(`${folder}/secret.example.yaml`), 'Secret'),
  );
}

/** What an operator makes of an example: the id of a hook is letters and digits. */
const filledIn = (text: string): string => text.replace('the-id-of-the-hook', 'theidofthehook');

const podOf = (name: Overlay): Pod => oneOf(rendered(name), 'Deployment').spec.template.spec;

/** The volumes of the pod in a folder: what it finds under `/` it finds there under `folder`. */
function mountVolumes(name: Overlay, folder: string, change: (text: string) => string): void {
  const files = (volume: Pod['volumes'][number]): Readonly<Record<string, string>> => {
    const isNamed = (wanted: string | undefined) => (object: Manifest) =>
      object.metadata.name === wanted;
    if (volume.secret) return secretsOf(name).find(isNamed(volume.secret.secretName))!.stringData;
    return allOf(rendered(name), 'ConfigMap').find(isNamed(volume.configMap?.name))?.data ?? {};
  };
  const [{ volumeMounts }] = podOf(name).containers as [Pod['containers'][number]];
  for (const volume of podOf(name).volumes) {
    const { mountPath } = volumeMounts.find((mount) => mount.name === volume.name)!;
    mkdirSync(join(folder, mountPath), { recursive: true });
    for (const [file, text] of Object.entries(files(volume)))
      write(join(folder, mountPath, file), change(text));
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  // As the manifests mount them: nobody else may read a secret.
  writeFileSync(path, text, { mode: 0o440 });
}

/** As the container gets them; the last of two wins. */
function variablesOf(name: Overlay): Record<string, string> {
  const [{ env, envFrom }] = podOf(name).containers as [Pod['containers'][number]];
  const maps = envFrom.map(
    ({ configMapRef }) => oneOf(rendered(name), 'ConfigMap', configMapRef!.name).data,
  );
  return Object.assign(
    {},
    ...maps,
    Object.fromEntries(env.map((entry) => [entry.name, entry.value])),
  );
}

/** Reads the configuration as the container does, with its root in a folder of the test. */
function load(name: Overlay, change = filledIn): Config {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-pod-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mountVolumes(name, folder, change);
  const moved = Object.entries(variablesOf(name)).map(([key, value]) => [
    key,
    value.startsWith('/') ? join(folder, value) : value,
  ]);
  const env = { ...Object.fromEntries(moved), KUBERNETES_SERVICE_HOST: '10.96.0.1' };
  return loadConfig({ env, directory: folder, registries: { sources, sinks } });
}

describeRendered('the configuration', () => {
  test.each(names)('of %s is right and gives no warning', (name) => {
    const config = load(name);
    expect(config.warnings).toEqual([]);
    expect(config.sources.map(({ type }) => type)).toContain('deepinstinct_events');
    expect(new Set(config.sinks.map(({ type }) => type))).toEqual(new Set(['mattermost']));
    expect(config).toMatchObject({ pollingIntervalSeconds: 30, port: 8080, host: '::' });
  });

  test('is refused, with what to do, while the example of the Secret is not filled in', () => {
    expect(() => load('single', (text) => text)).toThrow(/^MATTERMOST_WEBHOOK_URL: .* Expected: /);
  });

  test.each(names)('of %s names only variables that Tocsin reads', (name) => {
    const unknown = Object.keys(variablesOf(name)).filter(
      (key) => !known.includes(key.replace(/_FILE$/, '')),
    );
    expect(unknown).toEqual([]);
  });

  test.each(names)(
    'of %s takes every secret from a mounted file, and uses every key of the examples',
    (name) => {
      const variables = variablesOf(name);
      for (const secret of secretVariables) expect(variables).not.toHaveProperty([secret]);
      const mounted = Object.values(variables).filter((value) => value.startsWith('/secrets/'));
      const [{ volumeMounts }] = podOf(name).containers as [Pod['containers'][number]];
      const paths = secretsOf(name).flatMap(({ metadata, type, stringData }) => {
        const volume = podOf(name).volumes.find(
          ({ secret }) => secret?.secretName === metadata.name,
        );
        const { mountPath } = volumeMounts.find((mount) => mount.name === volume?.name)!;
        // Those two are for the person who creates the user of the database.
        const keys = Object.keys(stringData).filter(
          (key) => type === 'Opaque' || !['username', 'password'].includes(key),
        );
        return keys.map((key) => `${mountPath}/${key}`);
      });
      expect(mounted.sort()).toEqual(paths.sort());
    },
  );

  test('of a single replica is the embedded database, which it says it means', () => {
    expect(load('single').databaseUrl).toBeUndefined();
    expect(load('single').dataDir).toMatch(/\/data$/);
  });

  test('of the example says what its own files say', () => {
    expect(load('example')).toMatchObject({
      retentionMs: 365 * 86_400_000,
      timeZone: 'Asia/Bangkok',
    });
    expect(load('example').operations).toEqual(['watch']);
    expect(load('example').routes.map(({ name }) => name)).toEqual(['everything', 'grave']);
    expect(
      oneOf(rendered('example'), 'Deployment').spec.template.spec.containers[0]!.image,
    ).toMatch(/^registry\./);
  });

  test('of replicas is one Postgres; behind a pooler in transaction mode nothing is prepared, and migrations go past it', () => {
    expect(load('postgres')).toMatchObject({ databasePrepare: true });
    expect(load('postgres').databaseUrl).toBeDefined();
    const config = load('ha');
    const pooler = poolerOf(rendered('ha'));
    expect(pooler.spec.pgbouncer.poolMode).toBe('transaction');
    expect(config.databasePrepare).toBe(false);
    expect(new URL(config.databaseUrl!).hostname).toBe(pooler.metadata.name);
    expect(new URL(config.databaseUrlDirect!).hostname).toBe(`${pooler.spec.cluster.name}-rw`);
  });

  test('names the database and the user that the operator makes', () => {
    const cluster = rendered('ha').find(({ kind }) => kind === 'Cluster') as Cluster;
    const { database, owner, secret } = cluster.spec.bootstrap.initdb;
    const [made] = secretsOf('ha').filter(({ metadata }) => metadata.name === secret.name);
    expect(made).toMatchObject({
      type: 'kubernetes.io/basic-auth',
      stringData: { username: owner },
    });
    const { databaseUrl, databaseUrlDirect } = load('ha');
    for (const url of [databaseUrl, databaseUrlDirect].map((text) => new URL(text!)))
      expect(url).toMatchObject({
        username: owner,
        password: made!.stringData.password,
        pathname: `/${database}`,
      });
    expect(poolerOf(rendered('ha')).spec.cluster.name).toBe(cluster.metadata.name);
  });

  test.each(names)(
    'of %s: variables that changed replace the pods, a file that changed does not',
    (name) => {
      const [{ envFrom }] = podOf(name).containers as [Pod['containers'][number]];
      expect(envFrom.map(({ configMapRef }) => configMapRef!.name)).toEqual([
        expect.stringMatching(/^tocsin-[a-z0-9]{10}$/),
      ]);
      const file = podOf(name).volumes.find(({ configMap }) => configMap)!;
      expect(file.configMap!.name).toBe('tocsin-config');
      expect(oneOf(rendered(name), 'ConfigMap', 'tocsin-config').data).toHaveProperty([
        'tocsin.yaml',
      ]);
    },
  );
});

interface Pooler extends Manifest {
  readonly spec: {
    readonly instances: number;
    readonly cluster: { readonly name: string };
    readonly pgbouncer: {
      readonly poolMode: string;
      readonly parameters: Readonly<Record<string, string>>;
    };
  };
}

interface Cluster extends Manifest {
  readonly spec: {
    readonly bootstrap: {
      readonly initdb: {
        readonly database: string;
        readonly owner: string;
        readonly secret: { readonly name: string };
      };
    };
  };
}

function poolerOf(manifests: readonly Manifest[]): Pooler {
  return manifests.find(({ kind }) => kind === 'Pooler') as Pooler;
}

/** Every port that the configuration makes Tocsin call. */
function portsCalled({
  databaseUrl,
  databaseUrlDirect,
  sources: from,
  sinks: to,
}: Config): number[] {
  const addresses = [...from, ...to].map(({ settings }) =>
    String((settings as { url: unknown }).url),
  );
  const urls = [...addresses, databaseUrl, databaseUrlDirect].flatMap((url) =>
    url === undefined ? [] : [new URL(url)],
  );
  const usual: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80, 'postgres:': 5432 };
  return urls.map(({ port, protocol }) => (port === '' ? usual[protocol]! : Number(port)));
}

describeRendered('the network', () => {
  const policiesOf = (name: Overlay) =>
    allOf(rendered(name), 'NetworkPolicy').map(({ spec }) => spec);

  test.each(names)(
    'lets %s out to the ports that it calls and to names, and nowhere else',
    (name) => {
      const rules = policiesOf(name).flatMap(({ egress = [] }) => egress);
      const open = rules
        .flatMap(({ ports }) => ports)
        .map(({ protocol, port }) => `${protocol} ${port}`);
      const called = portsCalled(load(name)).map((port) => `TCP ${port}`);
      expect(open.sort()).toEqual([...new Set([...called, 'TCP 53', 'UDP 53'])].sort());
      for (const rule of rules) expect(rule.ports.length).toBeGreaterThan(0);
    },
  );

  test.each(names)('lets nobody in to %s, and asks its pods to be judged both ways', (name) => {
    expect(policiesOf(name).flatMap(({ ingress = [] }) => ingress)).toEqual([]);
    expect(oneOf(rendered(name), 'NetworkPolicy').spec.policyTypes).toEqual(['Ingress', 'Egress']);
  });

  test('the example of a further policy opens the way to the collector that the documents show, for these pods alone', () => {
    const { spec } = oneOf(
      readManifests('base/networkpolicy.example.yaml'),
      'NetworkPolicy',
      'tocsin-further',
    );
    expect(spec.podSelector).toEqual(
      oneOf(rendered('postgres'), 'NetworkPolicy', 'tocsin').spec.podSelector,
    );
    expect(spec.policyTypes).toEqual(['Egress']);
    for (const { to } of spec.egress!) expect(to?.length).toBeGreaterThan(0);
    const [, shown] =
      /^OTEL_EXPORTER_OTLP_ENDPOINT=\S+:(\d+) /m.exec(readText('../docs/tracing.md')) ?? [];
    expect(spec.egress!.flatMap(({ ports }) => ports.map(({ port }) => port))).toContain(
      Number(shown),
    );
  });

  test('names are asked of the cluster alone, and the database of the operator is the only one', () => {
    for (const name of names) {
      const dns = policiesOf(name)
        .flatMap(({ egress = [] }) => egress)
        .filter(({ ports }) => ports.some(({ port }) => port === 53));
      for (const { to } of dns) expect(to?.length).toBeGreaterThan(0);
    }
    const [database] = oneOf(rendered('ha'), 'NetworkPolicy', 'tocsin-database').spec.egress!;
    const { metadata, spec } = poolerOf(rendered('ha'));
    expect(database!.to).toEqual([
      { podSelector: { matchLabels: { 'cnpg.io/poolerName': metadata.name } } },
      { podSelector: { matchLabels: { 'cnpg.io/cluster': spec.cluster.name } } },
    ]);
  });
});

describeRendered('the pooler', () => {
  test('opens fewer connections than Postgres takes, gives up waiting before Tocsin does, and finds a Postgres that is back', () => {
    const { instances, pgbouncer } = poolerOf(rendered('ha')).spec;
    const { default_pool_size, query_wait_timeout, max_client_conn, server_login_retry } =
      pgbouncer.parameters;
    // Postgres' own default, less those that are for its superuser, and ten for migrations and
    // people.
    expect(instances * Number(default_pool_size)).toBeLessThanOrEqual(100 - 3 - 10);
    expect(Number(query_wait_timeout) * 1000).toBeLessThan(silenceMaxMs);
    expect(Number(server_login_retry)).toBeLessThanOrEqual(2);
    const { replicas } = oneOf(rendered('ha'), 'Deployment').spec;
    expect(Number(max_client_conn)).toBeGreaterThanOrEqual((replicas + 1) * 7);
  });

  test('is drained one instance after the other', () => {
    const { spec } = oneOf(rendered('ha'), 'PodDisruptionBudget', 'tocsin-pooler');
    expect(spec.selector.matchLabels).toEqual({
      'cnpg.io/poolerName': poolerOf(rendered('ha')).metadata.name,
    });
    expect(spec.maxUnavailable).toBe(1);
  });
});
