// Panels, rows and a whole dashboard as Grafana 10 and newer import them. What they show stands in
// overview.mjs and internals.mjs.

/** Stands in every query, so that a reader sees the Tocsin that was chosen above and no other. */
export const chosen = 'namespace=~"$namespace", job=~"$job"';

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is Grafana that fills in the variable
const source = { type: 'prometheus', uid: '${datasource}' };
const columns = 24;

/** @param queries by what their series are to be called: a text with {{labels}} */
function panel(
  type,
  title,
  description,
  queries,
  { unit = 'short', steps, width, options = {}, custom, mappings } = {},
) {
  const isInstant = type === 'stat' || type === 'table';
  return {
    type,
    title,
    description,
    datasource: source,
    width,
    targets: Object.entries(queries).map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: source,
      expr,
      legendFormat,
      instant: isInstant,
      range: !isInstant,
      ...(type === 'table' && { format: 'table' }),
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(custom && { custom }),
        ...(mappings && { mappings }),
        color: { mode: steps ? 'thresholds' : 'palette-classic' },
        thresholds: { mode: 'absolute', steps: steps ?? [{ value: null, color: 'green' }] },
      },
      overrides: [],
    },
    options,
  };
}

/** From `null` on the first colour, from each further value on the next one. */
export function steps(...colours) {
  return colours.map(([value, color]) => ({ value, color }));
}

/** The newest value, large. */
export function stat(title, description, queries, settings = {}) {
  const options = {
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    colorMode: 'background',
    graphMode: 'none',
    textMode: 'auto',
  };
  return panel('stat', title, description, queries, { width: 4, options, ...settings });
}

const legend = {
  displayMode: 'table',
  placement: 'bottom',
  showLegend: true,
  calcs: ['lastNotNull', 'max'],
};

/** Lines over time. */
export function lines(title, description, queries, settings = {}) {
  const custom = {
    drawStyle: 'line',
    lineWidth: 1,
    fillOpacity: 10,
    showPoints: 'never',
    spanNulls: false,
  };
  const options = { legend, tooltip: { mode: 'multi', sort: 'desc' } };
  return panel('timeseries', title, description, queries, {
    width: 8,
    options,
    custom,
    ...settings,
  });
}

/** Counts over time, one on the other. */
export function bars(title, description, queries, settings = {}) {
  const custom = {
    drawStyle: 'bars',
    lineWidth: 0,
    fillOpacity: 80,
    stacking: { mode: 'normal', group: 'A' },
  };
  return lines(title, description, queries, { custom, ...settings });
}

/** States over time; `texts` are those of 0, 1, 2, …, each with its colour. */
export function states(title, description, queries, texts, settings = {}) {
  const mappings = [
    {
      type: 'value',
      options: Object.fromEntries(
        texts.map(([text, color], index) => [index, { text, color, index }]),
      ),
    },
  ];
  const options = {
    showValue: 'never',
    mergeValues: true,
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
  };
  return panel('state-timeline', title, description, queries, {
    width: 8,
    options,
    mappings,
    ...settings,
  });
}

/** The newest values with their labels. */
export function table(title, description, queries, settings = {}) {
  return panel('table', title, description, queries, {
    width: 8,
    options: { showHeader: true },
    ...settings,
  });
}

export function row(title, ...panels) {
  return { title, panels };
}

const variable = (name, label, query, isMulti) => ({
  type: 'query',
  name,
  label,
  datasource: source,
  query: { query, refId: name },
  definition: query,
  refresh: 2,
  sort: 1,
  multi: isMulti,
  includeAll: true,
  allValue: '.*',
  current: { selected: true, text: 'All', value: '$__all' },
});

/** Panels stand side by side as far as they fit; each row begins anew. */
function laidOut(rows) {
  const panels = [];
  let y = 0;
  for (const { title, panels: own } of rows) {
    panels.push({
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: columns, h: 1 },
    });
    y += 1;
    let x = 0;
    const height = own.every(({ type }) => type === 'stat') ? 4 : 8;
    for (const { width, ...rest } of own) {
      if (x + width > columns) {
        x = 0;
        y += height;
      }
      panels.push({ ...rest, gridPos: { x, y, w: width, h: height } });
      x += width;
    }
    y += height;
  }
  return panels.map((one, index) => ({ id: index + 1, ...one }));
}

export function dashboard({ uid, title, description, from, rows, links }) {
  return {
    uid,
    title,
    description,
    tags: ['tocsin'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from, to: 'now' },
    timezone: '',
    links: links.map((link) => ({
      type: 'link',
      title: link.title,
      url: `/d/${link.uid}`,
      keepTime: true,
      includeVars: true,
    })),
    annotations: { list: [] },
    templating: {
      list: [
        {
          type: 'datasource',
          name: 'datasource',
          label: 'Data source',
          query: 'prometheus',
          current: {},
          refresh: 1,
        },
        variable('namespace', 'Namespace', 'label_values(tocsin_build_info, namespace)', true),
        variable(
          'job',
          'Job',
          'label_values(tocsin_build_info{namespace=~"$namespace"}, job)',
          true,
        ),
      ],
    },
    panels: laidOut(rows),
  };
}
