import { FaultKind } from '../../../dev/simulator';
import {
  A_FOLDER,
  A_PAGE,
  ANY_JSON,
  ANY_LIST,
  ANY_REQUEST,
  Place,
  WHOLE_LIST,
} from './places';
import { patternOf, Row } from './row';
import { ends } from './walks';
import type { WalkWorld } from './WalkWorld';

const json = (change: (body: object) => unknown): FaultKind => ({
  kind: 'json',
  change: body => change(Object(body)),
});

const withNext = (next: string) => json(body => ({ ...body, next }));

/** Page after page, each of another name. */
function endlessPages({ self }: Place): FaultKind {
  let page = 1;
  return json(body => {
    page += 1;
    return { ...body, next: `${self}&further=${page}` };
  });
}

const withPadding = (mebibytes: number) =>
  json(body => ({ ...body, padding: 'x'.repeat(mebibytes * 1024 * 1024) }));

type ListPage = { values: { slug: string }[] };

const withoutFirst = (rows: ListPage['values']) =>
  rows.filter(({ slug }) => slug !== 'first0');

export const BODIES: Row<WalkWorld>[] = [
  ends({
    fault: 'a body that is cut short',
    kind: { kind: 'cutBody' },
    at: ANY_REQUEST,
    says: 'the connection failed (',
  }),
  ends({
    fault: 'an empty body',
    kind: { kind: 'emptyBody' },
    at: ANY_REQUEST,
    says: 'the answer is empty',
  }),
  ends({
    fault: 'gzip that is broken',
    kind: { kind: 'brokenGzip' },
    at: ANY_REQUEST,
    says: 'the compressed body is broken or cut short (Z_DATA_ERROR)',
  }),
  ends({
    fault: 'a body that is not JSON',
    kind: { kind: 'notJson' },
    at: ANY_JSON,
    says: 'the answer is not JSON',
  }),
  ends({
    fault: 'a list in place of an object',
    kind: { kind: 'status', status: 200, text: '[]' },
    at: ANY_JSON,
    says: 'the answer does not have the expected shape: ',
  }),
  ends({
    fault: '`values` is missing',
    kind: json(() => ({})),
    at: ANY_LIST,
    says: 'the answer does not have the expected shape: values: ',
  }),
  ends({
    fault: 'rows of the wrong type',
    kind: json(() => ({ values: [5] })),
    at: ANY_LIST,
    says: 'the answer does not have the expected shape: values[0]: ',
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
    at: ANY_LIST,
    says: 'the pages of the list lead in a circle',
  }),
  ends({
    fault: '`next` without end',
    kind: endlessPages,
    at: A_FOLDER,
    says: 'the list does not end within 2000 pages',
  }),
  ends({
    fault: '`next` leads to another host',
    kind: (_, elsewhere) => withNext(elsewhere),
    at: ANY_LIST,
    says: 'the link to the next page leads to another origin, …, which is not followed',
  }),
  ends({
    fault: 'a circle of redirects',
    kind: ({ self }) => ({ kind: 'redirect', location: self }),
    at: ANY_REQUEST,
    says: 'redirects in a circle',
  }),
  ends({
    fault: 'a redirect to another host',
    kind: (_, location) => ({ kind: 'redirect', location }),
    at: ANY_REQUEST,
    says: 'redirects to another origin, …, which is not followed',
  }),
  lacks({
    fault: 'a list without one of the repositories',
    change: page => ({ ...page, values: withoutFirst(page.values) }),
    happens: 'it is asked for by itself, and kept',
    says: ' 0 added, 0 removed, 1 kept, ',
  }),
  lacks({
    fault: 'a list without any repository',
    change: () => ({ values: [] }),
    happens: 'nothing is removed; a warning says why',
    says: 'All 3 Locations are kept: the list of repositories is empty',
  }),
];

/** A list that does not tell the truth, without any error. */
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
