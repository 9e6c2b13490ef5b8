import { Headers } from 'node-fetch';
import { z } from 'zod';
import { UnexpectedResponseError } from '../scm/errors';
import { MalformedBodyError, readJson } from './responseBody';
import { HttpRequest } from './transport';

describe('readJson', () => {
  const request: HttpRequest = {
    method: 'GET',
    url: 'https://api.bitbucket.org/2.0/x',
  };
  const schema = z.object({
    values: z.array(z.object({ uuid: z.string() })),
    next: z.string().optional(),
  });
  const read = (body: string) =>
    readJson(
      request,
      { status: 200, headers: new Headers(), body: Buffer.from(body) },
      schema,
    );

  it('ignores unknown fields', () => {
    expect(read('{"values":[{"uuid":"{1}","new":1}],"size":1}')).toEqual({
      values: [{ uuid: '{1}' }],
    });
  });

  it.each([
    ['{"values":[{"uuid":"{1}"},{"uuid":5}]}', 'values[1].uuid: '],
    ['{"values":[{}]}', 'values[0].uuid: '],
    ['{"values":{}}', 'values: '],
    ['{}', 'values: '],
    ['{"values":[],"next":1}', 'next: '],
  ])('names the wrong field of %s', (body, field) => {
    expect(() => read(body)).toThrow(UnexpectedResponseError);
    expect(() => read(body)).toThrow(
      `GET https://api.bitbucket.org/2.0/x: the response does not have the expected shape: ${field}`,
    );
    expect(() => read(body)).not.toThrow(MalformedBodyError);
  });

  it.each(['<html>', '{"values":[', '', ' \n'])('refuses %j', body => {
    expect(() => read(body)).toThrow(MalformedBodyError);
  });
});
