import { parse } from 'yaml';
import { generateWorkspace } from '.';

const heads = (seed?: number) =>
  generateWorkspace({ slug: 'big', repositories: 50, seed }).repositories.map(
    ({ uuid, head }) => `${uuid} ${head?.hash}`,
  );

describe('generateWorkspace', () => {
  it('makes as many of each kind as asked for', () => {
    const { repositories } = generateWorkspace({
      slug: 'big',
      repositories: 150,
      withCatalogFile: 120,
      empty: 4,
    });
    const catalogFiles = repositories.filter(({ head }) =>
      head?.tree.has('catalog-info.yaml'),
    );
    expect(repositories).toHaveLength(150);
    expect(catalogFiles).toHaveLength(120);
    expect(repositories.filter(({ head }) => !head)).toHaveLength(4);
    expect(new Set(repositories.map(({ project }) => project.key)).size).toBe(
      8,
    );
  });

  it('writes entities, each with a name of its own', () => {
    const { repositories } = generateWorkspace({
      slug: 'big',
      repositories: 30,
      withCatalogFile: 30,
    });
    const entities = repositories.map(({ head }) =>
      parse(String(head?.tree.get('catalog-info.yaml')?.content)),
    );
    expect(entities[0]).toEqual({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name: repositories[0].slug,
        description: expect.any(String),
      },
      spec: {
        type: expect.stringMatching(/^(service|website|library)$/),
        lifecycle: expect.stringMatching(
          /^(production|experimental|deprecated)$/,
        ),
        owner: expect.stringMatching(/^team-/),
      },
    });
    expect(new Set(entities.map(({ metadata }) => metadata.name)).size).toBe(
      30,
    );
  });

  it('dates repositories apart, and pushes in another order than creations', () => {
    const { repositories } = generateWorkspace({
      slug: 'big',
      repositories: 2_000,
      empty: 0,
    });
    const created = repositories.map(({ createdOn }) => createdOn);
    const updated = repositories.map(({ updatedOn }) => updatedOn);
    expect(new Set(created).size).toBe(2_000);
    expect(new Set(updated).size).toBe(2_000);
    expect([...updated].sort((a, b) => a - b)).not.toEqual(updated);
    expect(
      repositories.every(({ createdOn, updatedOn }) => updatedOn > createdOn),
    ).toBe(true);
    expect(Math.max(...updated)).toBeLessThan(Date.UTC(2026, 9, 1));
  });

  it('repeats itself for the same seed alone', () => {
    expect(heads(7)).toEqual(heads(7));
    expect(heads(7)).not.toEqual(heads(8));
  });
});
