import { JsonObject, JsonValue } from '@backstage/types';
import fc from 'fast-check';

/** A request to the ingress. */
export type Post = {
  /** What is wrong with it. */
  kind: string;
  headers: Record<string, string>;
  body: Buffer;
  isSigned: boolean;
};

/** A delivery as it is when nothing is wrong with it. */
export type Genuine = { event: string; payload: JsonValue };

const JSON_TYPE = { 'content-type': 'application/json' };

const EVENT_KEYS = [
  'repo:push',
  'repo:created',
  'repo:deleted',
  'repo:imported',
  'repo:transfer',
  'repo:updated',
  'project:updated',
  'pullrequest:created',
  'nonsense',
];

/** Text that trips databases, URLs and logs. */
const trickyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '\0',
    '..',
    '../../user',
    '%2e%2e%2f',
    '\ud800',
    '{}',
    '\u2028\r\n',
    '__proto__',
    'toString',
    "'; drop table repositories; --",
  ),
);

const anyJson = fc.jsonValue({
  depthSize: 'medium',
}) as fc.Arbitrary<JsonValue>;
const anyValue: fc.Arbitrary<JsonValue> = fc.oneof(
  anyJson,
  trickyText,
  fc.constantFrom(null, 0, -1, 1e308, true, [], {}),
);

/** With which a body of four such texts, escaped, stays within the 5 MB of the events backend. */
const MOST_CHARACTERS = 200_000;

const headersOf = (event: string | undefined, requestUuid: string) => ({
  ...JSON_TYPE,
  ...(event === undefined ? {} : { 'x-event-key': event }),
  'x-request-uuid': requestUuid,
});

const headers = fc
  .tuple(
    fc.option(fc.constantFrom(...EVENT_KEYS), { nil: undefined }),
    fc.uuid(),
  )
  .map(([event, uuid]) => headersOf(event, uuid));

function posts(
  kind: string,
  body: fc.Arbitrary<string | Buffer>,
  others: fc.Arbitrary<Record<string, string>> = headers,
  isSigned = true,
): fc.Arbitrary<Post> {
  return fc.tuple(body, others).map(([content, sent]) => ({
    kind,
    headers: sent,
    body: Buffer.from(content as string),
    isSigned,
  }));
}

/**
 * Genuine deliveries, of which a few values were replaced by others, or taken
 * away.
 */
export function mutated(genuine: Genuine[]): fc.Arbitrary<Post> {
  const mutation = fc.record({
    /** Which of the places of a payload. */
    place: fc.nat(),
    value: fc.option(anyValue, { nil: undefined }),
  });
  return fc
    .tuple(
      fc.constantFrom(...genuine),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      fc.uuid(),
    )
    .map(([{ event, payload }, mutations, uuid]) => ({
      kind: 'mutated',
      headers: headersOf(event, uuid),
      body: Buffer.from(
        JSON.stringify(
          mutations.reduce<JsonValue>(
            (value, one) => mutate(value, one.place, one.value),
            payload,
          ),
        ),
      ),
      isSigned: true,
    }));
}

/** Any delivery, without the name of a known repository. */
export function nonsense(genuine: Genuine[]): fc.Arbitrary<Post> {
  const real = fc.constantFrom(
    ...genuine.map(({ payload }) => JSON.stringify(payload)),
  );
  return fc.oneof(
    { weight: 30, arbitrary: posts('any JSON', anyJson.map(asText)) },
    { weight: 30, arbitrary: mutated(genuine) },
    { weight: 20, arbitrary: posts('another shape', shapes().map(asText)) },
    { weight: 3, arbitrary: posts('deep', fc.nat(2_000).map(nest)) },
    { weight: 1, arbitrary: posts('huge', hugeTexts().map(asText)) },
    {
      weight: 4,
      arbitrary: posts(
        'not JSON',
        fc.oneof(
          fc.string({ unit: 'binary' }).map(text => `{${text}`),
          fc.uint8Array().map(bytes => Buffer.from([0x80, ...bytes])),
          real.map(text => text.slice(0, -1)),
        ),
      ),
    },
    {
      weight: 4,
      arbitrary: posts('another type of content', real, contentTypes()),
    },
    { weight: 8, arbitrary: posts('unsigned', real, headers, false) },
  );
}

/** Genuine deliveries of repositories that have another uuid now. */
export function withAnotherUuid(genuine: Genuine[]): fc.Arbitrary<Post> {
  const body = fc
    .tuple(fc.constantFrom(...genuine), trickyText)
    .map(([{ payload }, uuid]) => {
      const { repository, ...others } = payload as JsonObject;
      return { ...others, repository: { ...(repository as object), uuid } };
    });
  return posts('another uuid', body.map(asText));
}

function contentTypes(): fc.Arbitrary<Record<string, string>> {
  return fc.constantFrom<Record<string, string>>(
    {},
    { 'content-type': 'nonsense' },
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json; charset=nonsense' },
  );
}

/** What looks like a delivery from afar. */
function shapes(): fc.Arbitrary<JsonValue> {
  const value = fc.oneof(trickyText, anyValue);
  const ref = fc.oneof(
    value,
    fc.record({ type: value, name: value, target: value }),
    fc.record({ name: trickyText, target: fc.record({ hash: value }) }),
  );
  const changes = fc.array(fc.record({ old: ref, new: ref }), { maxLength: 3 });
  const repository = fc.record({
    uuid: value,
    full_name: fc.oneof(
      value,
      trickyText.map(text => `elsewhere/${text}`),
    ),
    workspace: fc.option(fc.record({ uuid: value })),
  });
  return fc.record(
    {
      repository: fc.oneof(repository, value),
      push: fc.oneof(fc.record({ changes: fc.oneof(changes, value) }), value),
      project: fc.oneof(
        fc.record({ key: value, workspace: fc.record({ slug: value }) }),
        value,
      ),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonValue>;
}

function hugeTexts(): fc.Arbitrary<JsonValue> {
  return fc
    .tuple(fc.integer({ min: 10_000, max: MOST_CHARACTERS }), trickyText)
    .map(([length, text]) => {
      const huge = (text || 'x').repeat(length).slice(0, length);
      return {
        repository: { uuid: huge, full_name: `elsewhere/${huge}` },
        push: { changes: [{ new: { name: huge, target: { hash: huge } } }] },
      };
    });
}

function nest(depth: number): string {
  const open = depth % 2 === 0 ? '[' : '{"repository":';
  const close = depth % 2 === 0 ? ']' : '}';
  return `${open.repeat(depth)}null${close.repeat(depth)}`;
}

/** Replaces one value somewhere in a value, or takes it away. */
function mutate(
  value: JsonValue,
  place: number,
  replacement: JsonValue | undefined,
): JsonValue {
  const copy = structuredClone(value);
  const places = placesIn(copy);
  if (places.length === 0) {
    return copy;
  }
  const { owner, key } = places[place % places.length];
  if (replacement === undefined) {
    delete owner[key];
  } else {
    owner[key] = replacement;
  }
  return copy;
}

type Place = { owner: Record<string, JsonValue>; key: string };

function placesIn(value: JsonValue): Place[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const owner = value as Record<string, JsonValue>;
  return Object.keys(owner).flatMap(key => [
    { owner, key },
    ...placesIn(owner[key]),
  ]);
}

const asText = (value: JsonValue) => JSON.stringify(value);
