// The shape of a loaded configuration, and what it is loaded with. Types only.
import type { Route } from '../../core/routing/index.ts';
import type { Duty } from '../../core/rules/duty.ts';
import type { Interval } from '../../core/rules/schedule.ts';
import type { Weekly } from '../../core/rules/weekly.ts';
import type { RecurringSilence } from '../../core/silences/recurring.ts';
import type { Template } from '../../core/template/template.ts';
import type { Access } from '../../kit/access.ts';
import type { Loaders } from '../../kit/loaders.ts';
import type { Locale } from '../../kit/locale.ts';
import type { SinkDefinition } from '../../kit/sink.ts';
import type { SourceDefinition } from '../../kit/source.ts';
import type { LogLevel } from '../../observe/log.ts';
import type { RouteContent } from './schema/route.ts';

/**
 * One configured source or sink. Its settings were parsed by the schema of its type, so that
 * `create` may be called with them. They are undefined if credentials are optional and one is
 * missing.
 */
export interface AdapterConfig {
  /** Letters, digits, `-` and `_`; at most 63. Unique among the sources, or among the sinks. */
  readonly id: string;
  /** A key of the registry. */
  readonly type: string;
  readonly settings: unknown;
}

export interface SinkConfig extends AdapterConfig {
  /** For events whose route names none. */
  readonly template?: Template;
  /** How long one message may take; absent: the default. */
  readonly timeoutMs?: number;
  /** Of its messages; absent: those of the configuration. */
  readonly locale?: Locale;
  /** IANA name. */
  readonly timeZone?: string;
}

/** Proxies for calls to the outside, as `kit/http` takes them. */
export interface ProxyConfig {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
}

export interface Config {
  readonly sources: readonly AdapterConfig[];
  readonly sinks: readonly SinkConfig[];
  readonly routes: readonly Route[];
  /** Ids of the sinks that get Tocsin's own notices; none: every sink that a notice concerns. */
  readonly operations: readonly string[];
  /** Called regularly while Tocsin is healthy; a secret. */
  readonly heartbeatUrl?: string;
  readonly pollingIntervalSeconds: number;
  /** Absent: the embedded database in `dataDir`. */
  readonly databaseUrl?: string;
  /** A way to the same database past a pooler, where a session of its own is needed. */
  readonly databaseUrlDirect?: string;
  /** False: no prepared statements, for poolers that cannot carry them. */
  readonly databasePrepare: boolean;
  /** Absolute. */
  readonly dataDir: string;
  /** Events older than this are removed. */
  readonly retentionMs: number | 'off';
  /** No silence may be longer. */
  readonly silenceMaxMs: number;
  readonly incidents: {
    /** How long an acknowledgement lasts that nobody renews; off: for ever. */
    readonly ackExpiresMs: number | 'off';
    /** No snooze may be longer. */
    readonly snoozeMaxMs: number;
  };
  readonly recurringSilences: readonly RecurringSilence[];
  /** An incident that happened longer ago is not escalated. */
  readonly escalationMaxAgeMs: number;
  /** Absent: no step can mention whoever is on duty. */
  readonly duty?: Duty;
  /** Apart from which the numbers count what happens at other times. */
  readonly businessHours: readonly Interval[];
  /** Absent: no weekly report is told. */
  readonly report?: ReportSettings;
  /** Messages a second for each origin of sinks. */
  readonly sinkRate: number | 'off';
  /**
   * If more than `over` deliveries of one sink are due at once, those less urgent than the priority
   * `passes` go out in digests.
   */
  readonly storm: { readonly over: number; readonly passes: number } | 'off';
  /** Addresses with a place to fill in, for the links of cards. */
  readonly links: {
    /** With `{hash}`. */
    readonly hash?: string | undefined;
    /** With `{technique}`. */
    readonly technique?: string | undefined;
  };
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  readonly logLevel: LogLevel;
  readonly locale: Locale;
  /** IANA name. */
  readonly timeZone: string;
  readonly proxy: ProxyConfig;
  /** Who may use the API and the page. */
  readonly access: Access;
  /** Absent: no spans are made. */
  readonly tracing?: {
    /** Scheme, host and port of the collector. */
    readonly endpoint: string;
    /** Everything that begins with `OTEL_`, for the SDK. Holds secrets. */
    readonly variables: Readonly<Record<string, string>>;
  };
  /** What a draft of the file is read with. Holds no secret. */
  readonly ground: {
    readonly registries: Registries;
    /** What loads the types that a draft has beside; absent: the registries have all. */
    readonly loaders: TypeLoaders | undefined;
    /** Variables on which routes depend beside the file, as they are set. */
    readonly variables: Readonly<Record<string, string>>;
    /** Each route of the file as it is written; none without a list of them. */
    readonly routes: readonly WrittenRoute[];
  };
  /** Every secret value of the configuration, for the masks of logs and errors. */
  readonly secrets: readonly string[];
  /** The same number for replicas that have the same configuration, secrets aside. */
  readonly hash: number;
  /** What looks like a mistake but prevents nothing; logged at the start. */
  readonly warnings: readonly string[];
}

export interface WrittenRoute {
  /** In YAML. */
  readonly text: string;
  /** The same as values; a text still has its variables in it, such as `${NAME}`. */
  readonly content: RouteContent;
}

/** When the weekly report is told, and where. */
export interface ReportSettings extends Weekly {
  /** Ids of sinks. */
  readonly to: readonly string[];
}

/** What loads every type of adapter. */
export interface TypeLoaders {
  readonly sources: Loaders<SourceDefinition>;
  readonly sinks: Loaders<SinkDefinition>;
}

/** Types of adapters that are loaded: all, or at least those that the configuration names. */
export interface Registries {
  readonly sources: Readonly<Record<string, SourceDefinition>>;
  readonly sinks: Readonly<Record<string, SinkDefinition>>;
}

/** What a command cannot do without. */
export type Need = 'sources' | 'sinks' | 'database';
