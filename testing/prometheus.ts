import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { freePort } from '../dev/freePort';

/** One line of what Prometheus reads. */
export type Sample = {
  name: string;
  labels: Record<string, string>;
  value: number;
};

/** A metric as Prometheus reads it; a histogram has samples by several names. */
export type Metric = {
  name: string;
  unit: string;
  type: string;
  samples: Sample[];
};

/** Shows Prometheus the metrics of the backends that are started after it. */
export class PrometheusEndpoint {
  private constructor(
    private readonly url: string,
    private readonly provider: MeterProvider,
  ) {}

  static async start(): Promise<PrometheusEndpoint> {
    const [host, port] = ['127.0.0.1', await freePort()];
    const exporter = new PrometheusExporter({
      host,
      port,
      preventServerStart: true,
    });
    await exporter.startServer();
    const provider = new MeterProvider({ readers: [exporter] });
    metrics.setGlobalMeterProvider(provider);
    return new PrometheusEndpoint(`http://${host}:${port}/metrics`, provider);
  }

  async stop(): Promise<void> {
    metrics.disable();
    await this.provider.shutdown();
  }

  /** In the text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
  async text(): Promise<string> {
    const answer = await fetch(this.url);
    return answer.text();
  }

  /** Of this module. */
  async metrics(): Promise<Metric[]> {
    const text = await this.text();
    return [...text.matchAll(METRIC)].map(([, name, unit, type, samples]) => ({
      name,
      unit,
      type,
      samples: readSamples(samples),
    }));
  }

  /** Of all metrics of this module. */
  async samples(): Promise<Sample[]> {
    return (await this.metrics()).flatMap(({ samples }) => samples);
  }

  /** The sum of the samples with a name and labels; undefined if there are none. */
  async value(
    name: string,
    labels: Record<string, string> = {},
  ): Promise<number | undefined> {
    const samples = (await this.samples()).filter(
      sample =>
        sample.name === `catalog_bitbucket_${name}` &&
        Object.entries(labels).every(
          ([key, text]) => sample.labels[key] === text,
        ),
    );
    return samples.length > 0
      ? samples.reduce((sum, { value }) => sum + value, 0)
      : undefined;
  }
}

const METRIC =
  /^# UNIT (catalog_bitbucket_\w+) (.*)\n# TYPE \1 (\w+)\n((?:\w.*\n)+)/gm;
const SAMPLE = /^(\w+)(?:\{(.*)\})? (\S+)$/gm;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

function readSamples(text: string): Sample[] {
  return [...text.matchAll(SAMPLE)].map(([, name, labels = '', value]) => ({
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(LABEL)].map(([, label, content]) => [label, content]),
    ),
    value: Number(value),
  }));
}
