import { Missing } from '../../scm/errors';
import { whatIsMissing } from './apiCall';

describe('whatIsMissing', () => {
  const body = (message: string, rest = {}) => ({
    message,
    namesCommits: false,
    isBitbucketError: true,
    ...rest,
  });

  it.each([
    [
      'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.',
      'repository',
    ],
    ['Repository acme/gone not found', 'repository'],
    ["No workspace with identifier 'acme'.", 'workspace'],
    ['No such file or directory: catalog-info.yaml', 'path'],
    ['Commit not found', 'ref'],
    ['Branch "release/1" does not exist.', 'ref'],
    ['Resource not found', 'unknown'],
  ] satisfies [string, Missing][])('takes %j for %s', (message, missing) => {
    expect(whatIsMissing(404, body(message))).toBe(missing);
  });

  it('recognises a commit by the data', () => {
    expect(whatIsMissing(404, body('?', { namesCommits: true }))).toBe('ref');
  });

  it('learns nothing from a message that it does not know', () => {
    expect(whatIsMissing(404, body('Not found'))).toBe('unknown');
  });

  it('learns nothing from a URL that is none of the API', () => {
    const message =
      'Resource not found There is no API hosted at this URL. For information …';
    expect(whatIsMissing(404, body(message))).toBe('unknown');
  });

  it('concludes nothing from the page of a gateway', () => {
    const page = {
      message: 'Commit not found',
      namesCommits: false,
      isBitbucketError: false,
    };
    expect(whatIsMissing(404, page)).toBe('unknown');
  });

  it('takes 410 for a closed workspace, unless the endpoint was removed', () => {
    expect(whatIsMissing(410, body('This workspace is gone'))).toBe(
      'workspace',
    );
    expect(
      whatIsMissing(410, body('CHANGE-2770 - Functionality has been removed')),
    ).toBe('unknown');
  });
});
