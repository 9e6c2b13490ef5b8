import { Entity } from '@backstage/catalog-model';
import { catalogFilesIn, headOf, readCatalogFile } from './catalogFiles';
import { World } from './World';

/** A line for everything that a catalog shows, by uuid of its repository. */
export type Truth = Map<string, string[]>;

/** What the catalog is to show of a world. */
export function truthOf(
  world: Pick<World, 'shown' | 'branch' | 'fileUrl'>,
): Truth {
  return new Map(
    world.shown.map(repository => {
      const { uuid } = repository;
      const { branch = '', commit } = headOf(repository, world.branch) ?? {};
      const lines = catalogFilesIn(commit).flatMap(path => {
        const target = world.fileUrl(repository, branch, path);
        const content = String(commit?.tree.get(path)?.content);
        const { name, lifecycle } = readCatalogFile(content);
        return [
          locationLine(target),
          componentLine(name, lifecycle, `url:${target}`),
        ];
      });
      return [uuid, lines];
    }),
  );
}

/** What a catalog shows, as lines of a {@link Truth}. */
export function linesOf(entities: Entity[]): string[] {
  return entities.map(({ kind, metadata, spec }) =>
    kind === 'Location'
      ? locationLine(spec?.target)
      : componentLine(
          metadata.name,
          spec?.lifecycle,
          metadata.annotations?.['backstage.io/managed-by-location'],
        ),
  );
}

const locationLine = (target: unknown) => `Location ${target}`;

const componentLine = (name: unknown, lifecycle: unknown, from: unknown) =>
  `Component ${name} of ${lifecycle} from ${from}`;

/** What is missing, and what is there and should not be. */
export function differences(expected: string[], actual: string[]): string[] {
  const wanted = new Set(expected);
  const there = new Set(actual);
  return [
    ...expected
      .filter(line => !there.has(line))
      .map(line => `missing: ${line}`),
    ...actual
      .filter(line => !wanted.has(line))
      .map(line => `too much: ${line}`),
  ].sort();
}
