import { expect, test } from 'vitest'
import { type MetricsFormat, metricsFormat, wantsPrometheus } from './negotiate.ts'

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2'
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2'
const PROTOBUF_FIRST =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

const cases: [accept: string | undefined, format: string | undefined, expected: MetricsFormat][] = [
  [undefined, undefined, 'json'],
  ['', undefined, 'json'],
  ['*/*', undefined, 'json'],
  ['application/json', undefined, 'json'],
  ['application/json, text/plain, */*', undefined, 'json'],
  [BROWSER, undefined, 'json'],
  ['text/plain', undefined, 'prometheus'],
  ['TEXT/PLAIN; version=0.0.4', undefined, 'prometheus'],
  ['*/*, text/plain', undefined, 'prometheus'],
  ['application/json;q=0.5, text/plain', undefined, 'prometheus'],
  ['text/plain;q=0, */*', undefined, 'json'],
  [PROMETHEUS_2, undefined, 'openmetrics'],
  [PROMETHEUS_3, undefined, 'openmetrics'],
  [PROTOBUF_FIRST, undefined, 'prometheus'],
  [PROMETHEUS_2, 'json', 'json'],
  ['application/json', 'prometheus', 'prometheus'],
  ['text/plain', 'nonsense', 'prometheus'],
]
for (const [accept, format, expected] of cases)
  test(`Accept "${accept}" with format "${format}" gets ${expected}`, () => {
    expect(metricsFormat(accept, format)).toBe(expected)
    expect(wantsPrometheus(accept, format)).toBe(expected !== 'json')
  })
