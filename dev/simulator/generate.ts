import { Random } from './random';
import { Files, SimulatedFile, SimulatedWorkspace } from './world';

export type GenerateOptions = {
  slug: string;
  /** How many repositories there are. */
  repositories: number;
  /** How many of them have a catalog file in their root. Default: 80 %. */
  withCatalogFile?: number;
  /** How many of the others are empty. Default: a tenth of the others. */
  empty?: number;
  /** How many projects they are in. Default 8. */
  projects?: number;
  /** The same seed makes the same workspace. Default 1. */
  seed?: number;
};

const PROJECTS = [
  { key: 'PAY', name: 'Payments' },
  { key: 'SHOP', name: 'Shop' },
  { key: 'LOG', name: 'Logistics' },
  { key: 'DATA', name: 'Data Platform' },
  { key: 'WEB', name: 'Web Experience' },
  { key: 'OPS', name: 'Operations' },
  { key: 'SEC', name: 'Security' },
  { key: 'LAB', name: 'Experiments' },
];
/** So many projects; those beyond the ones with a name of their own are numbered. */
const projectsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const round = Math.floor(index / PROJECTS.length) + 1;
    const { key, name } = PROJECTS[index % PROJECTS.length];
    return round === 1
      ? { key, name }
      : { key: `${key}${round}`, name: `${name} ${round}` };
  });

const SUBJECTS = [
  'invoice',
  'basket',
  'parcel',
  'customer',
  'price',
  'stock',
  'search',
  'login',
  'refund',
  'report',
];
const ROLES = [
  'api',
  'worker',
  'ui',
  'gateway',
  'importer',
  'sdk',
  'jobs',
  'bff',
];
const TYPES = ['service', 'service', 'service', 'website', 'library'];
const LIFECYCLES = [
  'production',
  'production',
  'production',
  'experimental',
  'deprecated',
];
const LANGUAGES = ['typescript', 'java', 'go', 'python', 'kotlin'];
const OWNERS = [
  'team-ledger',
  'team-checkout',
  'team-routes',
  'team-insight',
  'team-pixel',
  'team-steady',
];

/** 1 September 2025; repositories follow each other by the minute. */
const FIRST_DAY = Date.UTC(2025, 8, 1);
const MINUTE = 60_000;
/** A repository was last pushed to at any time of the year that follows. */
const YEAR = 365 * 24 * 60 * MINUTE;

/**
 * A workspace of any size that looks like a company's: repositories are spread
 * unevenly over projects, owners and languages, a tenth are private, and those
 * with and without a catalog file and the empty ones are mixed. They were
 * pushed to in another order than they were made in.
 */
export function generateWorkspace(
  options: GenerateOptions,
): SimulatedWorkspace {
  const { slug, repositories, seed = 1 } = options;
  const withCatalogFile =
    options.withCatalogFile ?? Math.floor(repositories * 0.8);
  const others = repositories - withCatalogFile;
  const empty = options.empty ?? Math.floor(others / 10);
  const random = new Random(seed);
  const projects = projectsOf(options.projects ?? PROJECTS.length);
  // The square favours the first projects.
  const pickProject = () =>
    projects[Math.floor(random.next() ** 2 * projects.length)];

  const workspace = new SimulatedWorkspace({ slug, projects });
  const deck = random.shuffled([
    ...Array<'catalog'>(withCatalogFile).fill('catalog'),
    ...Array<'empty'>(empty).fill('empty'),
    ...Array<'plain'>(others - empty).fill('plain'),
  ]);

  deck.forEach((contents, index) => {
    const name = `${random.pick(SUBJECTS)}-${random.pick(ROLES)}-${index + 1}`;
    const component = {
      name,
      type: random.pick(TYPES),
      lifecycle: random.pick(LIFECYCLES),
      owner: random.pick(OWNERS),
    };
    const createdOn = FIRST_DAY + index * MINUTE;
    const files = filesOf(contents, component);
    workspace.addRepository({
      slug: name,
      project: pickProject().key,
      language: random.pick(LANGUAGES),
      isPrivate: random.chance(0.1),
      createdOn,
    });
    if (files) {
      workspace.push(name, files, {
        branch: random.chance(0.2) ? 'master' : 'main',
        message: 'Initial commit',
        date: createdOn + random.below(YEAR),
      });
    }
  });
  return workspace;
}

type Component = {
  name: string;
  type: string;
  lifecycle: string;
  owner: string;
};

/** One object for all repositories, so that size costs little memory. */
const SHARED_FILES: Files = {
  'README.md': new SimulatedFile('# Read me\n\nHow to build and run this.\n'),
  LICENSE: new SimulatedFile('Internal use only.\n'),
  'src/index.ts': new SimulatedFile('export {};\n'),
};

function filesOf(
  contents: 'catalog' | 'plain' | 'empty',
  component: Component,
): Files | undefined {
  switch (contents) {
    case 'catalog':
      return { ...SHARED_FILES, 'catalog-info.yaml': catalogFile(component) };
    case 'plain':
      return SHARED_FILES;
    case 'empty':
      return undefined;
  }
}

const catalogFile = ({ name, type, lifecycle, owner }: Component) =>
  `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  description: ${name.replaceAll('-', ' ')}
spec:
  type: ${type}
  lifecycle: ${lifecycle}
  owner: ${owner}
`;
