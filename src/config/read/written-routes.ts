// The routes of tocsin.yaml as somebody wrote them, each by itself. Pure.
import { isNode, isSeq } from 'yaml';
import { parseWritten } from './inline-secrets.ts';
import type { WrittenRoute } from './shape.ts';

/** @param text of a file whose form is right */
export function writtenRoutes(text: string): WrittenRoute[] {
  const document = parseWritten(text);
  const routes = document.getIn(['routes'], true);
  if (!isSeq(routes)) return [];
  return routes.items.map((node) => {
    const [from, to] = (isNode(node) && node.range) || [0, 0];
    const column = from - (text.lastIndexOf('\n', from - 1) + 1);
    const margin = new RegExp(`^ {1,${column}}`, 'gm');
    const written = text.slice(from, to);
    return {
      text: (column === 0 ? written : written.replace(margin, '')).trimEnd(),
      content: isNode(node) ? node.toJS(document) : node,
    };
  });
}
