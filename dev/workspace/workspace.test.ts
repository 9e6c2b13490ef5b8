import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import {
  apiEntityV1alpha1Validator,
  componentEntityV1alpha1Validator,
  domainEntityV1alpha1Validator,
  Entity,
  EntityPolicies,
  FieldFormatEntityPolicy,
  groupEntityV1alpha1Validator,
  locationEntityV1alpha1Validator,
  NoForeignRootFieldsEntityPolicy,
  parseEntityRef,
  resourceEntityV1alpha1Validator,
  SchemaValidEntityPolicy,
  stringifyEntityRef,
  systemEntityV1alpha1Validator,
  userEntityV1alpha1Validator,
} from '@backstage/catalog-model';
import { parse, parseAllDocuments } from 'yaml';

type Repository = {
  slug: string;
  project: string;
  forkOf?: string;
  empty?: boolean;
  branches?: { name: string; folder: string }[];
};

const workspace: {
  projects: { key: string }[];
  repositories: Repository[];
} = parse(readFileSync(join(__dirname, 'workspace.yaml'), 'utf8'));

const VALIDATORS = [
  apiEntityV1alpha1Validator,
  componentEntityV1alpha1Validator,
  domainEntityV1alpha1Validator,
  groupEntityV1alpha1Validator,
  locationEntityV1alpha1Validator,
  resourceEntityV1alpha1Validator,
  systemEntityV1alpha1Validator,
  userEntityV1alpha1Validator,
];
const ENVELOPE = EntityPolicies.allOf([
  new SchemaValidEntityPolicy(),
  new NoForeignRootFieldsEntityPolicy(),
  new FieldFormatEntityPolicy(),
]);

/** Which fields of a spec refer to other entities, and to which kind if none is said. */
const REFERENCES: Record<string, string | undefined> = {
  owner: 'Group',
  system: 'System',
  domain: 'Domain',
  parent: 'Group',
  children: 'Group',
  memberOf: 'Group',
  subcomponentOf: 'Component',
  providesApis: 'API',
  consumesApis: 'API',
  dependsOn: undefined,
};

const found = workspace.repositories.flatMap(({ slug }) =>
  catalogFiles(join(__dirname, 'repositories', slug)).flatMap(readEntities),
);
const cases = found.map(
  ({ file, entity }) =>
    [stringifyEntityRef(entity), relative(__dirname, file), entity] as const,
);

/** The files that the demonstration finds, and those that they point at. */
function catalogFiles(folder: string): string[] {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => basename(path) === 'catalog-info.yaml')
    .map(path => join(folder, path));
}

function readEntities(file: string): { file: string; entity: Entity }[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).flatMap(document => {
    const entity: Entity = document.toJS();
    const targets = (entity.spec?.targets ?? []) as string[];
    return [
      { file, entity },
      ...targets.flatMap(target => readEntities(join(dirname(file), target))),
    ];
  });
}

/** Puts the text of a file in the place of `$text`, as the catalog does. */
function withTexts(file: string, entity: Entity): Entity {
  return JSON.parse(JSON.stringify(entity), (_key, value) =>
    value?.$text === undefined
      ? value
      : readFileSync(join(dirname(file), value.$text), 'utf8'),
  );
}

describe('dev/workspace', () => {
  it('is of a believable size', () => {
    expect(workspace.repositories.length).toBeGreaterThan(25);
    expect(cases.length).toBeGreaterThan(100);
  });

  it('names each entity once', () => {
    const refs = cases.map(([ref]) => ref);
    expect(refs.filter((ref, i) => refs.indexOf(ref) !== i)).toEqual([]);
  });

  it.each(workspace.repositories)('describes $slug as it is', repository => {
    const folder = join(__dirname, 'repositories', repository.slug);
    expect(workspace.projects.map(({ key }) => key)).toContain(
      repository.project,
    );
    expect(existsSync(folder)).toBe(!repository.empty);
    for (const branch of repository.branches ?? []) {
      expect(existsSync(join(__dirname, branch.folder))).toBe(true);
    }
  });

  it('has what its forks were forked from', () => {
    const parents = workspace.repositories.flatMap(repo => repo.forkOf ?? []);
    expect(parents).not.toEqual([]);
    expect(workspace.repositories.map(({ slug }) => slug)).toEqual(
      expect.arrayContaining(parents),
    );
  });

  it('describes every folder', () => {
    expect(readdirSync(join(__dirname, 'repositories')).sort()).toEqual(
      workspace.repositories
        .filter(({ empty }) => !empty)
        .map(({ slug }) => slug)
        .sort(),
    );
  });

  it.each(cases)('%s in %s is valid', async (_ref, path, entity) => {
    const complete = withTexts(join(__dirname, path), entity);
    await ENVELOPE.enforce(complete);
    const validations = VALIDATORS.map(async validator =>
      validator.check(complete),
    );
    expect(await Promise.all(validations)).toContain(true);
  });

  it.each(cases)('what %s in %s refers to exists', (_ref, _path, entity) => {
    const refs = cases.map(([ref]) => ref);
    const referred = Object.entries(REFERENCES).flatMap(([field, kind]) =>
      [entity.spec?.[field] ?? []]
        .flat()
        .map(ref => parseEntityRef(String(ref), { defaultKind: kind }))
        .map(stringifyEntityRef),
    );
    expect(referred.filter(ref => !refs.includes(ref))).toEqual([]);
  });
});
