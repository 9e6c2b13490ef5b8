import { Entity } from '@backstage/catalog-model';
import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { EditUrlProcessor } from './locations';

const ROOT = 'https://bitbucket.org/acme/shop/src';
const EDIT_URL = 'backstage.io/edit-url';

describe('EditUrlProcessor', () => {
  const processor = new EditUrlProcessor({
    id: 'bitbucket.org',
    urls: bitbucketCloudUrls,
  });

  async function editUrl(
    target: string,
    { type = 'url', annotations = {} } = {},
  ): Promise<string | undefined> {
    const entity: Entity = {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'shop', annotations: { other: 'x', ...annotations } },
    };
    const processed = await processor.preProcessEntity(entity, {
      type,
      target,
    });
    expect(processed.metadata.annotations?.other).toBe('x');
    return processed.metadata.annotations?.[EDIT_URL];
  }

  it.each([
    `${ROOT}/feature%2Fx/docs/a%20b.yaml`,
    `${ROOT}/0123abc/docs/a%20b.yaml?at=feature%2Fx`,
  ])('keeps the branch of %s whole', async target => {
    expect(await editUrl(target)).toBe(
      `${ROOT}/feature%2Fx/docs/a%20b.yaml?mode=edit&at=feature%2Fx`,
    );
  });

  it.each([
    `${ROOT}/main/catalog-info.yaml`,
    `${ROOT}/0123abc/catalog-info.yaml?at=main`,
    'https://github.com/acme/shop/blob/feature%2Fx/catalog-info.yaml',
    './catalog-info.yaml',
    'https://bitbucket.org/acme/shop/branch/feature/x',
    `${ROOT}/feature%2Fx/50%.yaml`,
  ])('leaves %s to Backstage', async target => {
    expect(await editUrl(target)).toBeUndefined();
  });

  it('leaves a text alone that is not a URL', async () => {
    const target = `${ROOT}/feature%2Fx/a.yaml`;
    expect(await editUrl(target, { type: 'file' })).toBeUndefined();
  });

  it('leaves a link alone that the file gives', async () => {
    const annotations = { [EDIT_URL]: 'https://example.com/edit' };
    expect(await editUrl(`${ROOT}/feature%2Fx/a.yaml`, { annotations })).toBe(
      'https://example.com/edit',
    );
  });
});
