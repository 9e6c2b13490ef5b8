import { InputError } from '@backstage/errors';
import { sizeInWords } from '../config';
import { IndexedFile } from '../workspace';

const MAX_FILE_SIZE = 'integrations.bitbucketCloud[0].maxFileSize';

/** @throws InputError for a file that exists and is not read, with the remedy */
export function throwIfUnreadable(
  url: string,
  { size = 0, isLfs }: IndexedFile,
  maxFileBytes: number,
): void {
  if (size > maxFileBytes) {
    const limit = sizeInWords(maxFileBytes);
    throw new InputError(
      `${url} is ${sizeInWords(size)}, larger than ${MAX_FILE_SIZE} allows (${limit}). Make the file smaller, or raise the limit.`,
    );
  }
  if (isLfs) {
    throw new InputError(
      `${url} is kept in Git LFS, which is not read. Take the file out of Git LFS with "git lfs untrack", and commit it again.`,
    );
  }
}
