import { FaultKind } from '../../../dev/simulator';
import {
  A_BRANCH_OR_FOLDER,
  A_FOLDER,
  A_PAGE,
  REPOSITORY_LIST,
  WHOLE_LIST,
} from './places';
import { patternOf, Row } from './row';
import { ends, isolated, skips } from './walks';
import type { WalkWorld } from './WalkWorld';
import { allAreKept } from '../../ingestion/removalPolicy';
import { CONNECTION_FAILED } from '../../http/transportFaults';

const json = (change: (body: object) => unknown): FaultKind => ({
  kind: 'json',
  change: body => change(Object(body)),
});

const withNext = (next: string) => json(body => ({ ...body, next }));

const withPadding = (mebibytes: number) =>
  json(body => ({ ...body, padding: 'x'.repeat(mebibytes * 1024 * 1024) }));

type ListPage = { values: { slug: string }[] };

const withoutFirst = (rows: ListPage['values']) =>
  rows.filter(({ slug }) => slug !== 'first0');

export const BODIES: Row<WalkWorld>[] = [
  ...isolated({
    fault: 'a body that is cut short',
    kind: { kind: 'cutBody' },
    isOutage: true,
    says: `${CONNECTION_FAILED} (`,
  }),
  ...isolated({
    fault: 'an empty body',
    kind: { kind: 'emptyBody' },
    says: 'the response is empty',
  }),
  ...isolated({
    fault: 'gzip that is broken',
    kind: { kind: 'brokenGzip' },
    isOutage: true,
    says: 'the compressed body is broken or cut short (Z_DATA_ERROR)',
  }),
  ...isolated({
    fault: 'a body that is not JSON',
    kind: { kind: 'notJson' },
    looks: A_BRANCH_OR_FOLDER,
    says: 'the response is not JSON',
  }),
  ...isolated({
    fault: 'a list in place of an object',
    kind: { kind: 'status', status: 200, text: '[]' },
    looks: A_BRANCH_OR_FOLDER,
    says: 'the response does not have the expected shape: ',
  }),
  ends({
    fault: '`values` is missing',
    kind: json(() => ({})),
    at: REPOSITORY_LIST,
    says: 'the response does not have the expected shape: values: ',
  }),
  skips({
    fault: '`values` is missing',
    kind: json(() => ({})),
    at: A_FOLDER,
    reason: 'failing',
    says: 'the response does not have the expected shape: values: ',
  }),
  skips({
    fault: 'rows of the wrong type',
    kind: json(() => ({ values: [5] })),
    at: A_FOLDER,
    says: 'the response does not have the expected shape: values[0]: ',
    reason: 'failing',
  }),
  ends({
    fault: 'a page of more than 32 MiB',
    kind: withPadding(33),
    at: A_PAGE,
    says: 'the body is larger than 32 MiB',
  }),
  ends({
    fault: '`next` leads in a circle',
    kind: ({ self }) => withNext(self),
    at: REPOSITORY_LIST,
    says: 'the pages of the list lead in a circle',
  }),
  skips({
    fault: '`next` leads in a circle',
    kind: ({ self }) => withNext(self),
    at: A_FOLDER,
    reason: 'failing',
    says: 'the pages of the list lead in a circle',
  }),
  ends({
    fault: '`next` leads to another host',
    kind: (_, elsewhere) => withNext(elsewhere),
    at: REPOSITORY_LIST,
    says: 'the link to the next page leads to another origin, …, which is not followed',
  }),
  skips({
    fault: '`next` leads to another host',
    kind: (_, elsewhere) => withNext(elsewhere),
    at: A_FOLDER,
    reason: 'failing',
    says: 'the link to the next page leads to another origin, …, which is not followed',
  }),
  ...isolated({
    fault: 'a circle of redirects',
    kind: ({ self }) => ({ kind: 'redirect', location: self }),
    says: 'redirects in a circle',
  }),
  ...isolated({
    fault: 'a redirect to another host',
    kind: (_, location) => ({ kind: 'redirect', location }),
    says: 'redirects to another origin, …, which is not followed',
  }),
  lacks({
    fault: 'a list without one of the repositories',
    change: page => ({ ...page, values: withoutFirst(page.values) }),
    happens: 'it is asked for by itself, and kept',
    says: ' 3 catalog files, 0 added, 0 removed, ',
  }),
  lacks({
    fault: 'a list with a row that lacks `is_private`',
    change: page => ({
      ...page,
      values: page.values.map(row =>
        row.slug === 'first0' ? { ...row, is_private: undefined } : row,
      ),
    }),
    happens:
      'the row is left out with a warning; the repository is asked for by itself, and kept',
    says: 'The row of acme/first0 in the list … does not have the expected shape and is skipped; no entity is removed because of it: is_private: ',
  }),
  lacks({
    fault: 'a list with a row of the wrong type',
    change: page => ({ ...page, values: [...page.values, null] }),
    happens: 'the row is left out with a warning',
    says: 'A row in the list … does not have the expected shape and is skipped; no entity is removed because of it: ',
  }),
  lacks({
    fault: 'a list without any repository',
    change: () => ({ values: [] }),
    happens: 'nothing is removed; a warning says why',
    says: `${allAreKept(3)}: the list of repositories is empty`,
  }),
];

/** A list that is wrong, although no error is reported. */
function lacks({
  change,
  ...texts
}: {
  fault: string;
  change(page: ListPage): unknown;
  happens: string;
  says: string;
}): Row<WalkWorld> {
  const kind = json(body => change(body as ListPage));
  return {
    ...texts,
    strikes: 'the repository list',
    async run(world) {
      await world.struckWalk(WHOLE_LIST, kind, () => {});
      expect(world.backend.messages('info', 'warn')).toContainEqual(
        expect.stringMatching(patternOf(texts.says)),
      );
      world.bitbucket.change();
      await world.catchesUp('1 added, 1 removed');
      await world.hasTheTruth();
    },
  };
}
