import { sha1 } from './ids';

/** What Bitbucket may say of a file in `attributes`. */
export type FileAttribute =
  'link' | 'executable' | 'subrepository' | 'binary' | 'lfs';

const LFS_POINTER = Buffer.from('version https://git-lfs.github.com/spec/v1');

/**
 * A file, immutable, so that trees and repositories may share it.
 *
 * `binary` and `lfs` are derived from the content; the other attributes are given.
 * The content of a link is the path it points to, that of a subrepository the
 * hash of its commit.
 */
export class SimulatedFile {
  readonly content: Buffer;
  readonly attributes: readonly FileAttribute[];

  constructor(content: string | Buffer, attributes: FileAttribute[] = []) {
    this.content = Buffer.isBuffer(content) ? content : Buffer.from(content);
    this.attributes = [...attributes, ...detectedAttributes(this.content)];
  }

  /** Depends on content and attributes alone, as Bitbucket's ETag does. */
  get hash(): string {
    return sha1(this.attributes.join(), this.content);
  }
}

function detectedAttributes(content: Buffer): FileAttribute[] {
  if (content.includes(0)) {
    return ['binary'];
  }
  return content.subarray(0, LFS_POINTER.length).equals(LFS_POINTER)
    ? ['lfs']
    : [];
}
