// The metrics of one subject as a table: what dashboards and alerts rely on.
import { Registry } from 'prom-client';

/** By name: the labels in their order, and the buckets of a histogram. */
export async function describedBy(
  create: (registry: Registry) => object,
): Promise<Record<string, { labels: string[]; buckets?: number[] }>> {
  const registry = new Registry();
  create(registry);
  const metrics = registry.getMetricsAsArray() as unknown as {
    name: string;
    labelNames: string[];
    upperBounds?: number[];
  }[];
  return Object.fromEntries(
    metrics.map(({ name, labelNames, upperBounds }) => [
      name,
      { labels: labelNames, ...(upperBounds && { buckets: upperBounds }) },
    ]),
  );
}
