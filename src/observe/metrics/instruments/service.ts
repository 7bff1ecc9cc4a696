// Metrics of the running service: its build, configuration, roles, database and log.
import { Counter, Gauge, type Registry } from 'prom-client';

export function createServiceMetrics(registry: Registry) {
  const registers = [registry];
  return {
    buildInfo: new Gauge({
      name: 'tocsin_build_info',
      help: 'Always 1; the labels say what runs.',
      labelNames: ['version', 'node'],
      registers,
    }),
    silencesActive: new Gauge({
      name: 'tocsin_silences_active',
      help: 'Silences that are active, in the database that all replicas share.',
      registers,
    }),
    heartbeats: new Counter({
      name: 'tocsin_heartbeats_total',
      help: 'Heartbeats by what became of them: sent, failed, or withheld because something is wrong.',
      labelNames: ['outcome'],
      registers,
    }),
    logLinesLost: new Counter({
      name: 'tocsin_log_lines_lost_total',
      help: 'Log lines that standard error did not take: a full disk, or a reader that left or was too slow.',
      registers,
    }),
    roleHeld: new Gauge({
      name: 'tocsin_role_held',
      help: 'Whether this process holds the role.',
      labelNames: ['role'],
      registers,
    }),
    databaseUp: new Gauge({
      name: 'tocsin_database_up',
      help: 'Whether the database answered the last query for these metrics.',
      registers,
    }),
    databaseWritesFailing: new Gauge({
      name: 'tocsin_database_writes_failing',
      help: '1 while the database answers and takes no writes of this process, by the reason: three in a row failed.',
      labelNames: ['reason'],
      registers,
    }),
    configLastReloadSuccessful: new Gauge({
      name: 'tocsin_config_last_reload_successful',
      help: 'Whether the configuration that was read last is the one that runs.',
      registers,
    }),
    configLastReloadSuccess: new Gauge({
      name: 'tocsin_config_last_reload_success_timestamp_seconds',
      help: 'When a configuration was last read and taken over, the start included.',
      registers,
    }),
    configHash: new Gauge({
      name: 'tocsin_config_hash',
      help: 'A number made of the configuration that runs, secrets aside: the same for replicas that were told the same.',
      registers,
    }),
  };
}
