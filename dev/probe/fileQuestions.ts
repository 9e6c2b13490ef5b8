import {
  at,
  Findings,
  isOnPage,
  NO_REPOSITORY,
  Question,
  refusal,
  yesOrNo,
} from './Question';

const SHORT_HASH: Question = {
  title: 'Does commits/{id} take a short hash?',
  async ask(prober, { repository, head }) {
    if (!repository || !head) {
      return NO_REPOSITORY;
    }
    const to = await prober.json(
      at(repository, '/commits/{id}', { id: head.slice(0, 11) }),
    );
    return { answer: to.status === 200 ? 'yes' : `no: ${refusal(to)}`, to };
  },
};

const FILES: Question = {
  title: 'Are links and submodules in the list of files?',
  async ask(prober, found) {
    const { repository, head, link, submodule } = found;
    if (!repository || !head) {
      return NO_REPOSITORY;
    }
    const to = await prober.json(
      at(repository, '/files?at={head}&limit=100000', { head }),
    );
    const { values } = Object(to.json);
    found.paths = Array.isArray(values) ? values.map(String) : [];
    const has = (path: string | undefined, option: string) =>
      path
        ? isOnPage(found.paths.includes(path), to)
        : `name one with ${option}`;
    return {
      answer:
        to.status === 200
          ? `link: ${has(link, '--link')}; submodule: ${has(submodule, '--submodule')}`
          : refusal(to),
      to,
    };
  },
};

const ETAG: Question = {
  title: 'Does raw send an ETag?',
  async ask(prober, { repository, head, paths, link, submodule, lfs }) {
    const path = paths.find(one => ![link, submodule, lfs].includes(one));
    if (!repository || !head || path === undefined) {
      return NO_REPOSITORY;
    }
    const to = await prober.head(
      at(repository, '/raw/{path}?at={head}', { head, path }),
    );
    const ranges = to.headers.get('accept-ranges') ?? 'none';
    return {
      answer: `${yesOrNo(to.headers.has('etag'))}; ranges: ${ranges}`,
      to,
    };
  },
};

const FOLDER: Question = {
  title: 'What is raw of a folder?',
  async ask(prober, { repository, head, paths }) {
    const path = paths.find(one => one.includes('/'))?.replace(/\/[^/]*$/, '');
    if (!repository || !head || path === undefined) {
      return 'no folder was found';
    }
    const to = await prober.head(
      at(repository, '/raw/{path}?at={head}', { head, path }),
    );
    return { answer: to.status === 200 ? 'something' : refusal(to), to };
  },
};

/** Longer than a path or a pointer of LFS, and shorter than most files. */
const START = 1_024;

/** What `raw` and `browse?type=true` respond for a path that is not a regular file. */
function special(
  title: string,
  option: 'link' | 'submodule' | 'lfs',
  describe: (start: string) => string,
): Question[] {
  const place = ({ repository, head, [option]: path }: Findings) =>
    repository && head && path ? { repository, head, path } : undefined;
  return [
    {
      title: `What is raw of ${title}?`,
      async ask(prober, found) {
        const known = place(found);
        if (!known) {
          return `name one with --${option}`;
        }
        const { repository, ...names } = known;
        const to = await prober.start(
          at(repository, '/raw/{path}?at={head}', names),
          START,
        );
        const answer = to.status === 200 ? describe(to.start) : refusal(to);
        return { answer, to };
      },
    },
    {
      title: `What type has ${title}?`,
      async ask(prober, found) {
        const known = place(found);
        if (!known) {
          return `name one with --${option}`;
        }
        const { repository, ...names } = known;
        const to = await prober.json(
          at(repository, '/browse/{path}?at={head}&type=true', names),
        );
        const { type } = Object(to.json);
        return { answer: /^[A-Z]{1,20}$/.exec(type)?.[0] ?? refusal(to), to };
      },
    },
  ];
}

const describeLink = (start: string) =>
  start.length < START && !start.trimEnd().includes('\n')
    ? 'one line, as the path that it leads to is'
    : 'more than a path: the content of what it leads to';

const describeLfs = (start: string) =>
  start.startsWith('version https://git-lfs')
    ? 'the pointer'
    : 'something else: the content';

/** About what is in the repository that was found. */
export const FILE_QUESTIONS: readonly Question[] = [
  SHORT_HASH,
  FILES,
  ETAG,
  FOLDER,
  ...special('a symbolic link', 'link', describeLink),
  ...special('a submodule', 'submodule', () => 'something'),
  ...special('a file in Git LFS', 'lfs', describeLfs),
];
