import { SimulatedInstance } from '../../dev/simulator/data-center';
import { PullRequestWorld } from '../hostContract';

/**
 * The pull requests of an instance, as the contract of hosts asks for and changes them.
 *
 * @param later - lets time go on before a change
 */
export function pullRequestWorld(
  instance: SimulatedInstance,
  later: () => void,
): PullRequestWorld {
  const repository = (slug: string) => {
    const found = instance.repositories.find(one => one.slug === slug);
    if (!found) {
      throw new Error(`There is no repository ${slug}`);
    }
    return found;
  };
  const changesOf = (slug: string) => repository(slug).workspace.pullRequests;
  const find = (slug: string, number: number) =>
    repository(slug).pullRequests[number - 1];
  return {
    refusedLinks: ['ftp://backstage.example.com/', 'data:text/plain,a'],
    fork(slug, newSlug) {
      later();
      const parent = repository(slug);
      parent.workspace.forkRepository(parent, { slug: newSlug });
    },
    open(slug, { source, fork, destination, title, isDraft }) {
      later();
      return changesOf(slug).open(slug, {
        source,
        sourceRepository: fork === undefined ? undefined : repository(fork),
        destination,
        title,
        draft: isDraft,
      }).id;
    },
    rename(slug, number, title) {
      later();
      changesOf(slug).update(find(slug, number), { title });
    },
    close(slug, number, how) {
      later();
      changesOf(slug)[how](find(slug, number));
    },
    comment(slug, number, raw) {
      later();
      changesOf(slug).comment(find(slug, number), { raw });
    },
    comments: (slug, number) =>
      find(slug, number)
        .comments.filter(({ deleted }) => !deleted)
        .map(({ id, raw }) => ({ id: `${id}`, text: raw })),
    deleteComment(slug, number, id) {
      later();
      const pullRequest = find(slug, number);
      const [comment] = pullRequest.comments.filter(one => `${one.id}` === id);
      changesOf(slug).deleteComment(pullRequest, comment);
    },
    posted(slug, hash) {
      const of = repository(slug);
      const commit = of.resolve(hash);
      if (!commit) {
        throw new Error(`${slug} has no commit ${hash}`);
      }
      return {
        reports: instance.insights
          .of(of, commit)
          .map(({ key, content, annotations }) => ({
            id: key,
            title: content.title,
            details: `${content.details}`,
            isPassed: content.result === 'PASS',
            link: content.link,
            values: content.data.map(({ title }) => title),
            annotations: annotations
              .map(({ externalId, message, path, line }) => ({
                id: `${externalId}`,
                summary: message,
                path,
                line,
              }))
              // Those that replace others are the last ones.
              .sort((one, other) => Number(one.id) - Number(other.id)),
          })),
        statuses: instance.builds
          .of(of, commit)
          .map(({ key, state, description }) => ({
            key,
            isPassed: state === 'SUCCESSFUL',
            description: `${description}`,
          })),
      };
    },
  };
}
