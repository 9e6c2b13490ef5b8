import { SimulatedFile } from '../dev/simulator';
import { componentFile } from './entities';

/** Something that may be in a repository, and what becomes of it in the catalog. */
export type Content = {
  /** In a few words. */
  content: string;
  /** In a sentence or two, for administrators of a catalog. */
  whatHappens: string;
};

/** One that is tried as the catalog file of a repository. */
export type FileContent = Content & {
  /** @param name - of the component that the file defines, or once defined */
  file(name: string): string | Buffer | SimulatedFile;
};

/** A file that nothing is read from. */
type Unreadable = FileContent & {
  /** What the Location says. */
  error(url: string): string;
};

/** By the name of a component. Where the file was good before, its entities stay. */
export const UNREADABLE: Record<string, Unreadable> = {
  large: {
    content: '20 MiB of YAML',
    whatHappens:
      'It is broken off at `maxFileSize`. Its entities stay as they are, and the Location says how to fix it. The next reads cost nothing.',
    file: name => `${componentFile(name)}${'#'.repeat(20 * 1024 * 1024)}\n`,
    error: url =>
      `Error: Unable to read url, ${url} is 20.1 MiB, larger than integrations.bitbucketCloud[0].maxFileSize allows (1 MiB). Make the file smaller, or raise the limit.`,
  },
  lfs: {
    content: 'A pointer of Git LFS',
    whatHappens:
      'Git LFS is not read. The entities stay as they are, and the Location says how to fix it. The next reads cost nothing.',
    file: () =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 1234\n`,
    error: url =>
      `Error: Unable to read url, ${url} is stored in Git LFS, which is not supported. Remove the file from Git LFS with "git lfs untrack", and commit it again.`,
  },
  binary: {
    content: 'A binary file',
    whatHappens:
      'It is not YAML. Its entities stay as they are, and the Location has the error of the parser.',
    file: () =>
      Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01', 'latin1'),
    error: () => 'Error: Expected object at root, got string',
  },
  bomb: {
    content: 'A YAML alias bomb, which unfolds into a billion entries',
    whatHappens:
      'The parser of Backstage gives up, as it lets a file unfold to a hundred times its size at most. The entities stay as they are, and the Location has the error of the parser.',
    file: name => `${componentFile(name)}${aliasBomb()}`,
    error: () =>
      'Error: Unable to read url, Excessive alias count indicates a resource exhaustion attack',
  },
};

/** A file that is read, whatever it looks like. */
export type Readable = FileContent & {
  /** The components that it defines, with their descriptions. */
  components(name: string): Record<string, string>;
};

/** By the name of a component. */
export const READABLE: Record<string, Readable> = {
  utf8: {
    content: 'Bytes that are no UTF-8',
    whatHappens:
      'Each of them becomes U+FFFD, the replacement character; the rest of the file is read as it is.',
    file: name => Buffer.from(described(name, 'caf\xe9'), 'latin1'),
    components: name => ({ [name]: 'caf\uFFFD' }),
  },
  bom: {
    content: 'A byte order mark',
    whatHappens: 'It is left out of account.',
    file: name => `\uFEFF${described(name, 'marked')}`,
    components: name => ({ [name]: 'marked' }),
  },
  crlf: {
    content: 'Lines that end with CRLF',
    whatHappens: 'They are lines like any other.',
    file: name => described(name, 'from Windows').replaceAll('\n', '\r\n'),
    components: name => ({ [name]: 'from Windows' }),
  },
  documents: {
    content: 'Many documents in one file',
    whatHappens: 'The entities of all of them are in the catalog.',
    file: name =>
      [1, 2, 3]
        .map(n => described(`${name}-${n}`, `number ${n}`))
        .concat(described(name, 'the last'))
        .join('---\n'),
    components: name => ({
      [`${name}-1`]: 'number 1',
      [`${name}-2`]: 'number 2',
      [`${name}-3`]: 'number 3',
      [name]: 'the last',
    }),
  },
};

/** By the name of a component: what Bitbucket shows at a path, although it is not a file. */
export const NO_FILE: Record<string, FileContent> = {
  link: {
    content: 'A symbolic link',
    whatHappens:
      'It is not a file. Where there was one before, its Location and its entities go, as if the file was deleted.',
    file: () => new SimulatedFile('docs/catalog-info.yaml', ['link']),
  },
  submodule: {
    content: 'A submodule',
    whatHappens: 'The same as for a symbolic link.',
    file: () => new SimulatedFile('c0ffee'.repeat(6), ['subrepository']),
  },
};

/** The file that defines nothing. */
export const EMPTY: FileContent = {
  content: 'An empty file',
  whatHappens:
    'It defines nothing. What it defined before becomes an orphan, which Backstage removes after a while.',
  file: () => '',
};

/** The file that SQLite takes, and PostgreSQL in part. */
export const NUL: FileContent = {
  content: 'A NUL byte within YAML',
  whatHappens:
    'Backstage reads it, but PostgreSQL finds nothing by such a text: an entity that is there stays, a new one does not appear until the byte is taken out, and the log says `Failed to stitch`.',
  file: name => described(name, '"a\0b"'),
};

/** What is more than the content of one file. */
export const BEYOND_A_FILE = {
  manyFiles: {
    content: '10,000 catalog files in one repository',
    whatHappens:
      'All of them are found, with one request for each hundred, and none is read before the catalog asks for it.',
  },
  longPath: {
    content: 'A path of 5,000 characters',
    whatHappens:
      'Backstage takes no URL of more than 2,048 characters: nothing comes of the file until it has a shorter path, and the log says so. One whose URL is shorter is read like any other.',
  },
  sameEntity: {
    content: 'Two files that define the same entity',
    whatHappens:
      'The one that the catalog read first has it, and the log warns of the other. When the first goes, or no longer defines it, the other takes its place at once.',
  },
} satisfies Record<string, Content>;

/** All of them, in the order of a person who reads of them. */
export const CONTENTS: Content[] = [
  ...Object.values(UNREADABLE),
  ...Object.values(READABLE),
  NUL,
  EMPTY,
  ...Object.values(NO_FILE),
  ...Object.values(BEYOND_A_FILE),
].map(({ content, whatHappens }) => ({ content, whatHappens }));

function described(name: string, description: string): string {
  return componentFile(name).replace(
    'metadata:\n',
    `metadata:\n  description: ${description}\n`,
  );
}

/** Nine lists, each of which holds the one before nine times. */
function aliasBomb(): string {
  const names = [...'abcdefghi'];
  const lists = names.map((name, index) => {
    const entry = index === 0 ? 'lol' : `*${names[index - 1]}`;
    return `  ${name}: &${name} [${Array(9).fill(entry).join(', ')}]`;
  });
  return `laughs:\n${lists.join('\n')}\n`;
}
