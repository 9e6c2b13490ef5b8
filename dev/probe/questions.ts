import { FILE_QUESTIONS } from './fileQuestions';
import { Answer } from './Prober';
import {
  API,
  at,
  isOnPage,
  isPersonal,
  NO_REPOSITORY,
  PROJECT,
  Question,
  refusal,
  rowsOf,
  yesOrNo,
} from './Question';

const VERSION: Question = {
  title: 'Which version is it?',
  async ask(prober) {
    const to = await prober.json({ template: `${API}/application-properties` });
    const { version } = Object(to.json);
    const [known = refusal(to)] = /^\d[\w.-]{0,29}$/.exec(version) ?? [];
    return { answer: known, to };
  },
};

const LIST: Question = {
  title: 'Are personal repositories in the list of all?',
  async ask(prober, found) {
    const to = await prober.json({
      template: `${API}/repos?archived=ALL&limit=1000`,
    });
    if (to.status !== 200) {
      return { answer: refusal(to), to };
    }
    found.rows = rowsOf(to.json);
    const personal = found.rows.filter(isPersonal).length;
    const { limit, isLastPage } = Object(to.json);
    const page = `${found.rows.length} rows${isLastPage ? '' : ', and more'}, limit ${Number(limit)}`;
    return {
      answer: `${personal > 0 ? 'yes' : 'none among the first rows'} (${page})`,
      to,
    };
  },
};

const PROJECTS: Question = {
  title: 'Are personal projects in the list of projects?',
  async ask(prober) {
    const to = await prober.json({ template: `${API}/projects?limit=1000` });
    if (to.status !== 200) {
      return { answer: refusal(to), to };
    }
    const { values } = Object(to.json);
    const types = Array.isArray(values) ? values.map(v => Object(v).type) : [];
    return {
      answer: types.includes('PERSONAL')
        ? 'yes'
        : `none among the first ${types.length}`,
      to,
    };
  },
};

const ARCHIVED: Question = {
  title: 'Are archived repositories in the list of a project?',
  async ask(prober, { rows }) {
    const archived = rows.find(row => row.archived && row.project?.key);
    if (!archived) {
      return 'no archived repository was found';
    }
    const to = await prober.json({
      template: `${PROJECT}/repos?limit=1000`,
      names: { key: archived.project?.key ?? '' },
    });
    const isListed = rowsOf(to.json).some(({ id }) => id === archived.id);
    const answer = to.status === 200 ? isOnPage(isListed, to) : refusal(to);
    return { answer, to };
  },
};

const MIRROR: Question = {
  title: 'Can the hashes of the mirror API be read?',
  async ask(prober) {
    const to = await prober.json({
      template:
        '/rest/mirroring/latest/repos?limit=1&includeDefaultBranch=true',
    });
    const [row] = rowsOf(to.json);
    const properties = { ...row, ...Object(Object(row).properties) };
    const fields = ['contentHash', 'metadataHash', 'defaultBranchId'].filter(
      field => field in properties,
    );
    return {
      answer: to.status === 200 ? `yes: ${fields.join(', ')}` : refusal(to),
      to,
    };
  },
};

/** Few, since an instance may have many empty repositories. */
const MOST_TRIED = 3;

const DEFAULT_BRANCH: Question = {
  title: 'Does branches/default give the head of the default branch?',
  async ask(prober, found) {
    const listed = found.rows
      .filter(row => row.project?.key && row.slug && !isPersonal(row))
      .map(({ project, slug }) => `${project?.key}/${slug}`);
    const candidates = found.repository ? [found.repository] : listed;
    let last: Answer | undefined;
    for (const repository of candidates.slice(0, MOST_TRIED)) {
      const to = await prober.json(at(repository, '/branches/default'));
      last = to;
      const { id, latestCommit } = Object(to.json);
      if (/^[0-9a-f]{40}$/.test(latestCommit)) {
        found.repository = repository;
        found.branch = String(id);
        found.head = latestCommit;
        return { answer: 'yes', to };
      }
    }
    return last
      ? {
          answer:
            last.status === 204
              ? 'no: 204, as for an empty repository'
              : refusal(last),
          to: last,
        }
      : NO_REPOSITORY;
  },
};

/** By these, a removal is confirmed. */
const AGREEMENT: Question[] = [
  {
    title: 'Does default-branch name the same branch?',
    async ask(prober, { repository, branch }) {
      if (!repository || !branch) {
        return NO_REPOSITORY;
      }
      const to = await prober.json(at(repository, '/default-branch'));
      const { id } = Object(to.json);
      return {
        answer: to.status === 200 ? yesOrNo(id === branch) : refusal(to),
        to,
      };
    },
  },
  {
    title: 'Do the commits of that branch begin with its head?',
    async ask(prober, { repository, branch, head }) {
      if (!repository || !branch) {
        return NO_REPOSITORY;
      }
      const to = await prober.json(
        at(repository, '/commits?until={branch}&limit=1', { branch }),
      );
      const [commit] = rowsOf(to.json);
      return {
        answer:
          to.status === 200
            ? yesOrNo(String(commit?.id) === head)
            : refusal(to),
        to,
      };
    },
  },
];

/** What an address that a repository once had leads to, and one below it. */
const redirect = (title: string, path: string): Question => ({
  title,
  async ask(prober, { oldRepository }) {
    if (!oldRepository) {
      return 'name one with --old-repository';
    }
    const to = await prober.head(at(oldRepository, path));
    if (to.status === 200) {
      return { answer: 'it answers itself', to };
    }
    const location = to.headers.get('location');
    if (location === null) {
      return { answer: `no: ${refusal(to)}`, to };
    }
    // The form of a login is not it.
    const isRepository = /\/rest\/.*\/repos\//.test(location);
    return { answer: isRepository ? 'yes' : 'no: to another page', to };
  },
});

const REDIRECTS = [
  redirect('Does the old address of a repository lead to the new one?', ''),
  redirect('Does an address below it, too?', '/branches/default'),
];

const HIDDEN: Question = {
  title: 'What answers for a repository that the token may not see?',
  async ask(prober, { hiddenRepository }) {
    if (!hiddenRepository) {
      return 'name one with --hidden-repository';
    }
    const to = await prober.head(at(hiddenRepository, ''));
    return {
      answer: to.status === 200 ? 'the token may see it' : refusal(to),
      to,
    };
  },
};

/** No name that anyone has given. */
const NOWHERE = 'backstage-probe-of-nothing';

const MISSING: Question = {
  title: 'What answers for a repository that does not exist?',
  async ask(prober, { repository }) {
    if (!repository) {
      return NO_REPOSITORY;
    }
    const [key] = repository.split('/');
    const to = await prober.head(at(`${key}/${NOWHERE}`, ''));
    return { answer: refusal(to), to };
  },
};

const WEBHOOKS: Question = {
  title: 'Do answers about webhooks have the secret?',
  async ask(prober, { repository }) {
    if (!repository) {
      return NO_REPOSITORY;
    }
    const [key] = repository.split('/');
    const to = await prober.json({
      template: `${PROJECT}/webhooks?limit=100`,
      names: { key },
    });
    const { values } = Object(to.json);
    if (!Array.isArray(values)) {
      return { answer: refusal(to), to };
    }
    const hasSecret = values.some(
      row => 'secret' in Object(Object(row).configuration),
    );
    return {
      answer: `${hasSecret ? 'yes' : 'no'} (${values.length} webhooks)`,
      to,
    };
  },
};

const LINKS: Question = {
  title: 'Do links begin with the address that was given?',
  async ask(_, { rows, baseUrl }) {
    const href = rows[0]?.links?.self?.[0]?.href;
    return href === undefined
      ? 'no repository was found'
      : { answer: yesOrNo(href.startsWith(`${baseUrl}/`)) };
  },
};

/** In an order in which each finds what the next ones need. */
export const QUESTIONS: readonly Question[] = [
  VERSION,
  LIST,
  LINKS,
  PROJECTS,
  ARCHIVED,
  MIRROR,
  DEFAULT_BRANCH,
  ...AGREEMENT,
  ...FILE_QUESTIONS,
  ...REDIRECTS,
  HIDDEN,
  MISSING,
  WEBHOOKS,
];
