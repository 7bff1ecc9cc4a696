// The two dashboards as files: their panels and what these ask.
import { readProjectFile } from '../tree/project-files.ts';

export interface Target {
  readonly expr: string;
  readonly instant: boolean;
}

export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly Target[];
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
}

export interface Variable {
  readonly type: string;
  readonly name: string;
  readonly definition?: string;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly Variable[] };
  readonly links: readonly { readonly url: string }[];
  readonly panels: readonly Panel[];
}

export const names = ['tocsin-overview', 'tocsin-internals'];

export const dashboards = names.map(
  (name) => JSON.parse(readProjectFile(`k8s/monitoring/dashboards/${name}.json`)) as Dashboard,
);

/** Those that show something, with the name under which a person finds them. */
export const shownPanels = dashboards.flatMap(({ title, panels }) =>
  panels
    .filter(({ type }) => type !== 'row')
    .map((panel) => ({ name: `${title}: ${panel.title}`, panel })),
);

/** As Grafana fills it in with everything chosen. */
export function filledIn(expr: string): string {
  return expr
    .replaceAll(/\$(namespace|job)\b/g, '.*')
    .replaceAll('$__rate_interval', '10s')
    .replaceAll('$__range', '1m');
}
