import { SimulatedWorkspace } from '..';
import { generateInstance, instanceFromWorkspace } from '.';

function startAcme() {
  const acme = new SimulatedWorkspace({
    slug: 'acme',
    projects: [{ key: 'PAY', name: 'Payments' }],
  });
  const files = { a: 'a' };
  acme.addRepository({ slug: 'api', files, isPrivate: true });
  acme.addRepository({ slug: 'ui', project: 'web', forkOf: 'api' });
  return { acme, instance: instanceFromWorkspace(acme) };
}

describe('instanceFromWorkspace', () => {
  it('has the projects and repositories of the workspace', () => {
    const { acme, instance } = startAcme();
    expect(instance.project('PAY').name).toBe('Payments');
    const api = instance.repository('PAY', 'api');
    expect(api.head).toBe(acme.repository('api').head);
    expect(instance.repository('WEB', 'ui')).toMatchObject({
      parent: api,
      head: undefined,
    });
  });

  it('follows what happens there', () => {
    const { acme, instance } = startAcme();
    const api = instance.repository('PAY', 'api');
    acme.push('api', { b: 'b' }, { branch: 'idea' });
    acme.pullRequests.open('api', { source: 'idea', title: 'An idea' });
    expect(api.branches.get('idea')?.tree.size).toBe(2);
    expect(api.pullRequests).toMatchObject([{ title: 'An idea' }]);
    acme.deleteBranch('api', 'idea');
    expect([...api.branches.keys()]).toEqual(['main']);
    acme.renameRepository('api', 'other');
    expect(instance.repository('PAY', 'other')).toBe(api);
    acme.addRepository({ slug: 'new', files: { c: 'c' } });
    expect(instance.repository('PAY', 'new').head?.tree.size).toBe(1);
    acme.removeRepository('other');
    expect(api.isDeleted).toBe(true);
  });
});

describe('generateInstance', () => {
  it('makes as many repositories and projects as asked for', () => {
    const options = { repositories: 200, projects: 12 };
    const { projects, repositories } = generateInstance(options);
    expect(projects).toHaveLength(12);
    expect(repositories).toHaveLength(200);
    expect(repositories.filter(({ head }) => head)).toHaveLength(196);
    const again = generateInstance(options).repositories;
    expect(again.map(({ head }) => head?.hash)).toEqual(
      repositories.map(({ head }) => head?.hash),
    );
  });
});
