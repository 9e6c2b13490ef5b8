import { readErrorBody } from './responseBody';

describe('readErrorBody', () => {
  const read = (body: unknown, headers?: Record<string, string>) =>
    readErrorBody(
      Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      { headers },
    );

  it("reads Bitbucket's own errors", () => {
    expect(
      read({
        type: 'error',
        error: { message: 'Something went wrong', detail: 'Try later.' },
      }),
    ).toEqual({
      message: 'Something went wrong Try later.',
      namesCommits: false,
      isBitbucketError: true,
    });
  });

  it('finds the required and the granted scopes', () => {
    const detail = { required: ['repository'], granted: ['account'] };
    expect(
      read({ type: 'error', error: { message: 'No.', detail } }),
    ).toMatchObject({ message: 'No.', ...detail });
  });

  it('notices that a commit is missing', () => {
    expect(
      read({ error: { message: 'Whatever', data: { shas: ['main'] } } }),
    ).toMatchObject({ namesCommits: true });
  });

  it('reads the errors of newer endpoints', () => {
    expect(
      read({ key: 'x.y', message: 'Report not found', arguments: {} }),
    ).toMatchObject({ message: 'Report not found', isBitbucketError: true });
  });

  it('reads the errors of Code Insights, and takes them for no proof', () => {
    const message = 'Bulk upload supports a maximum of /100 annotations.';
    expect(read({ code: 400, message })).toEqual({
      message,
      namesCommits: false,
      isBitbucketError: false,
    });
  });

  it('says what is wrong with each field', () => {
    const fields = { url: ['is no URL', 'or so'], secret: 'is too long' };
    const error = { message: 'Bad request', fields };
    expect(read({ error }).message).toBe(
      'Bad request url: is no URL or so secret: is too long',
    );
    expect(read({ error: { ...error, fields: [1] } }).message).toBe(
      'Bad request',
    );
  });

  it('takes the title of an HTML page', () => {
    expect(
      read('<!DOCTYPE html><html><title>\n 502 Bad\nGateway </title><p>nginx'),
    ).toMatchObject({ message: '502 Bad Gateway', isBitbucketError: false });
    expect(read('<html><p>nginx').message).toBeUndefined();
  });

  it('makes one line of at most 300 characters of plain text', () => {
    expect(read('Rate limit\r\n\texceeded\u0000').message).toBe(
      'Rate limit exceeded',
    );
    expect(read('x'.repeat(1000)).message).toHaveLength(300);
  });

  it.each(['', '   ', 'null', '[]', '{"error":"no"}'])(
    'makes nothing special of %j',
    body => {
      expect(read(body).isBitbucketError).toBe(false);
    },
  );

  it('reads the first 4 KB only', () => {
    const page = (title: string) =>
      `<!-- ${' '.repeat(4067)} --><title>${title}</title>`;
    expect(read(page('502 Bad Gateway')).message).toBe('502 Bad Gatew');
    const fields = { url: 'x'.repeat(5000) };
    expect(read({ error: { message: 'Not "so"', fields } })).toMatchObject({
      message: 'Not "so"',
      isBitbucketError: false,
    });
  });

  it('blots out a secret that is cut off after 4 KB', () => {
    const text = `${' '.repeat(4085)}Bad t0ken-of-ours`;
    const headers = { Authorization: 'Bearer t0ken-of-ours' };
    expect(read(text, headers).message).toBe('Bad <secret>');
  });

  it('blots out a secret that the answer repeats', () => {
    const basic = Buffer.from('jane:hunter2').toString('base64');
    expect(
      read(`Bad header Basic ${basic}, password hunter2`, {
        Authorization: `Basic ${basic}`,
      }).message,
    ).toBe('Bad header Basic <secret>, password <secret>');
    expect(read('token t0ken', { Authorization: 'Bearer t0ken' }).message).toBe(
      'token <secret>',
    );
  });
});
