import { InputError, NotFoundError, serializeError } from '@backstage/errors';
import { bitbucketCloudUrls as urls } from '../../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { CatalogError, explain } from './catalogErrors';

const explained = (error: Error, entity = {}) =>
  explain(serializeError(error) as CatalogError, { urls }, entity);

const wrapped = (message: string, cause: Error) =>
  new InputError(message, cause);
const processor = (cause: Error) =>
  wrapped('Processor X threw an error while postprocessing', cause);
const policy = (cause: Error) =>
  wrapped('Policy check failed for component:default/a', cause);

const FORMAT =
  ' To learn more about catalog file format, visit: https://github.com/backstage/backstage';

describe('explain', () => {
  it.each<[Error, rule: string, pointer: string | undefined, message: string]>([
    [
      new TypeError(
        "/metadata must have required property 'name' - missingProperty: name",
      ),
      'envelope',
      '/metadata/name',
      'metadata.name is missing. Add it.',
    ],
    [
      new TypeError(
        "<root> must have required property 'kind' - missingProperty: kind",
      ),
      'envelope',
      '/kind',
      'kind is missing. Add it.',
    ],
    [
      new TypeError('/metadata/name must be string - type: string'),
      'envelope',
      '/metadata/name',
      'metadata.name must be a text; put it in quotes if it looks like a number, a date or true.',
    ],
    [
      processor(
        new TypeError(
          "/spec must have required property 'lifecycle' - missingProperty: lifecycle",
        ),
      ),
      'schema',
      '/spec/lifecycle',
      'spec.lifecycle is missing. Add it.',
    ],
    [
      processor(
        new TypeError(
          '/spec/presence must be equal to one of the allowed values - allowedValues: required,optional',
        ),
      ),
      'schema',
      '/spec/presence',
      'spec.presence must be one of: required, optional.',
    ],
    [
      processor(
        new TypeError(
          '/spec/owner must NOT have fewer than 1 characters - limit: 1',
        ),
      ),
      'schema',
      '/spec/owner',
      'spec.owner must not be empty.',
    ],
    [
      processor(
        new TypeError(
          '/spec must NOT have additional properties - additionalProperty: tier',
        ),
      ),
      'schema',
      '/spec/tier',
      'spec.tier is not allowed. Remove it.',
    ],
    [
      processor(
        new TypeError(
          "Validation of Component entity failed: /spec must have required property 'type' - missingProperty: type; /spec must have required property 'owner' - missingProperty: owner",
        ),
      ),
      'schema',
      '/spec/type',
      'spec.type is missing. Add it.',
    ],
    [
      policy(new Error('Malformed envelope, /metadata/tags must be array')),
      'schema',
      '/metadata/tags',
      'metadata.tags must be a list.',
    ],
    [
      policy(
        new Error(
          `"metadata.name" is not valid; expected a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters in total but found "shop api".${FORMAT}`,
        ),
      ),
      'schema',
      '/metadata/name',
      'metadata.name is not valid: "shop api". Use letters and digits, with -, _ or . between them, at most 63 characters.',
    ],
    [
      policy(
        new Error(
          `"labels.acme.com/x y" is not valid; expected a valid prefix and/or suffix but found "acme.com/x y".${FORMAT}`,
        ),
      ),
      'schema',
      '/metadata/labels/acme.com~1x y',
      'metadata.labels.acme.com/x y is not valid: "acme.com/x y". Use a valid prefix and/or suffix.',
    ],
    [
      policy(
        new Error(
          `"links.2.url" is not valid; expected a string that is a valid url but found "x".${FORMAT}`,
        ),
      ),
      'schema',
      '/metadata/links/2/url',
      'metadata.links[2].url is not valid: "x". Use a string that is a valid url.',
    ],
    [
      policy(new Error('Unknown field owner')),
      'schema',
      '/owner',
      'An entity has no field owner. Remove it, or move it into metadata or spec.',
    ],
    [
      policy(new Error('every component needs a label')),
      'schema',
      undefined,
      'The catalog says: every component needs a label',
    ],
    [
      new InputError(
        'No processor recognized the entity x:default/y as valid, possibly caused by a foreign kind or apiVersion',
      ),
      'schema',
      '/kind',
      'No processor of this catalog knows this kind with this apiVersion. Check the spelling of kind and apiVersion.',
    ],
    [
      processor(
        new Error(
          'Placeholder $text could not read location ./x, NotFoundError: gone',
        ),
      ),
      'placeholder',
      undefined,
      'The file that $text names does not exist. Fix the path, or add the file.',
    ],
    [
      processor(
        new Error(
          'Placeholder $text could not read location ./x, Error: 10.0.0.1 refused',
        ),
      ),
      'unchecked',
      undefined,
      "What $text names could not be read, so this entity was not checked; see the backend's log.",
    ],
    [
      processor(
        new Error(
          'Placeholder $yaml expected to find exactly one document of data at ./x, found 2',
        ),
      ),
      'placeholder',
      undefined,
      'The file that $yaml names must hold exactly one YAML document.',
    ],
    [
      processor(
        new InputError('tier is required', new Error('ldap://x failed')),
      ),
      'schema',
      undefined,
      'The catalog says: tier is required',
    ],
    [
      new NotFoundError('Unable to read url, nothing there'),
      'schema',
      undefined,
      'The catalog says: Unable to read url, nothing there',
    ],
    [
      processor(new Error('/etc/backstage/token.txt cannot be read')),
      'unchecked',
      undefined,
      "This could not be checked, since something failed in the catalog; see the backend's log.",
    ],
    [
      new Error('Unable to read url, 503'),
      'unchecked',
      undefined,
      "This could not be checked, since something failed in the catalog; see the backend's log.",
    ],
  ])('words %s', (error, rule, pointer, message) => {
    const problem = explained(error);
    expect({
      rule: problem.rule,
      pointer: problem.pointer,
      message: problem.message,
    }).toEqual({ rule, pointer, message });
  });

  it('looks at the entity for what the message leaves out', () => {
    expect(
      explained(
        policy(
          new Error(
            'Malformed envelope, <root> must NOT have additional properties',
          ),
        ),
        { kind: 'A', owner: 'x' },
      ),
    ).toMatchObject({ pointer: '/owner' });
    expect(
      explained(
        processor(
          new TypeError(
            "/spec must have required property 'owner' - missingProperty: owner",
          ),
        ),
        { spec: { '<<': { owner: 'x' } } },
      ).message,
    ).toBe(
      'spec.owner is missing. Add it. The catalog does not resolve merge keys (<<).',
    );
  });

  it('stays one line of a limited length, whatever the message', () => {
    const { message } = explained(
      new InputError(`<b>${'x\n'.repeat(100_000)}`),
    );
    expect(message).toMatch(/^[^\n]{1,400}$/);
  });
});
