import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { componentFile, until } from '../../testing';
import { Metric, PrometheusEndpoint, Sample } from '../../testing/prometheus';
import { PullRequestWorld } from '../../testing/pullRequestWorld';

const DOCS = join(__dirname, '..', '..', 'docs');

/** Labels that say where a sample comes from, or which bucket it is. */
const BESIDE_THE_ATTRIBUTES = ['otel_scope_name', 'job', 'le', 'host'];

describe('docs/observability.md, with its dashboard and alert rules', () => {
  let endpoint: PrometheusEndpoint;
  let world: PullRequestWorld;
  let metrics: Metric[];
  let text: string;
  let dashboard: unknown;
  let rules: { groups: { rules: { alert: string }[] }[] };

  beforeAll(async () => {
    endpoint = await PrometheusEndpoint.start();
    world = await PullRequestWorld.start();
    const pullRequest = world.open({
      'catalog-info.yaml': componentFile('shop', 'deprecated'),
    });
    await world.reported(pullRequest, 'PASSED');
    await until(
      async () => (await endpoint.value('reads_count_total')) !== undefined,
      'the catalog to read the file',
    );
    metrics = await endpoint.metrics();
    text = await read('observability.md');
    dashboard = JSON.parse(await read('grafana-dashboard.json'));
    rules = parse(await read('alert-rules.yaml'));
  });

  afterAll(async () => {
    await world.stop();
    await endpoint.stop();
  });

  const read = (file: string) => readFile(join(DOCS, file), 'utf8');

  it('names every metric of a backend, and no other', () => {
    const documented = [...text.matchAll(ROW)].map(
      ([, , name, type, unit, attributes]) => ({
        name,
        type,
        unit,
        attributes: attributes.replace(/`/g, '').split(', ').sort(),
      }),
    );
    const exposed = metrics.map(({ name, type, unit, samples }) => ({
      name,
      type,
      unit,
      attributes: attributesOf(samples),
    }));
    const sorted = (rows: { name: string }[]) =>
      rows.sort((a, b) => a.name.localeCompare(b.name));
    expect(sorted(documented)).toEqual(sorted(exposed));
  });

  it('says that every metric has the host, and so it is', () => {
    expect(text).toMatch(/`host`/);
    const hosts = metrics.flatMap(({ samples }) =>
      samples.map(({ labels }) => labels.host),
    );
    expect([...new Set(hosts)]).toEqual(['bitbucket.org']);
  });

  it('names each of them as Prometheus does', () => {
    for (const [, name, inPrometheus, type] of text.matchAll(ROW)) {
      const suffix = type === 'counter' ? '_total' : '';
      expect(inPrometheus).toBe(name.replace(/\./g, '_') + suffix);
    }
  });

  it('has a dashboard and alert rules that ask for metrics and labels that there are', () => {
    const samples = metrics.flatMap(metric => metric.samples);
    const names = new Set(samples.map(({ name }) => name));
    const labels = new Set([
      ...attributesOf(samples),
      ...BESIDE_THE_ATTRIBUTES,
    ]);
    const queries = [...expressionsIn(dashboard), ...expressionsIn(rules)];
    expect(queries.length).toBeGreaterThan(rules.groups[0].rules.length);
    for (const query of queries) {
      const asked = query.match(/\bcatalog_\w+/g) ?? [];
      expect(asked).not.toEqual([]);
      expect(asked.filter(name => !names.has(name))).toEqual([]);
      expect(labelsIn(query).filter(label => !labels.has(label))).toEqual([]);
    }
  });

  it('does not add up providers of two hosts that have the same id', () => {
    const queries = [...expressionsIn(dashboard), ...expressionsIn(rules)];
    const groups = queries.flatMap(query =>
      [...query.matchAll(/\bby \(([^)]+)\)/g)].map(([, labels]) => labels),
    );
    const byProvider = groups.filter(labels =>
      /\b(provider|class)\b/.test(labels),
    );
    expect(byProvider).not.toEqual([]);
    expect(byProvider.filter(labels => !/\bhost\b/.test(labels))).toEqual([]);
  });

  it('shows each metric, and explains each alert', () => {
    const queries = expressionsIn(dashboard).join('\n');
    for (const { name } of metrics) {
      expect(queries).toContain(name);
    }
    for (const { alert } of rules.groups[0].rules) {
      expect(text).toContain(`| \`${alert}\` `);
    }
  });
});

/** A metric of the table: name, name in Prometheus, type, unit, attributes. */
const ROW =
  /^\| `(catalog\.[\w.]+)` +\| `(\w+)` +\| (\w+) +\| `([^`]+)` +\| ([\w`, ]+?) +\|/gm;

function attributesOf(samples: Sample[]): string[] {
  const labels = samples.flatMap(sample => Object.keys(sample.labels));
  return [...new Set(labels)]
    .filter(label => !BESIDE_THE_ATTRIBUTES.includes(label))
    .sort();
}

/** The values of `expr`, at any depth. */
function expressionsIn(value: unknown): string[] {
  return Object.entries(Object(value)).flatMap(([key, inner]) => {
    if (key === 'expr') {
      return [String(inner)];
    }
    return typeof inner === 'object' ? expressionsIn(inner) : [];
  });
}

/** The labels that a query selects or groups by. */
function labelsIn(query: string): string[] {
  const selected = [...query.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(
    ([, label]) => label,
  );
  const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) =>
    list.split(/,\s*/),
  );
  return [...selected, ...grouped];
}
