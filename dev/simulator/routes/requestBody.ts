import express, { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { invalidFields } from '../errors';

/** Larger than what is refused elsewhere: comments of 200,000 characters went through. */
export const jsonBody: RequestHandler = express.json({ limit: '4mb' });

/** @throws ApiError (400) that says what is wrong with each field */
export function readFields<T>(schema: z.ZodType<T>, req: Request): T {
  const { success, data, error } = schema.safeParse(req.body);
  if (!success) {
    throw invalidFields(z.flattenError(error).fieldErrors);
  }
  return data;
}

/**
 * Whether Bitbucket takes a URL as a link. It refuses those on localhost and on a
 * host without a dot (runatlantis/atlantis#710), whether it can reach them or not.
 */
export function isLinkable(url: string): boolean {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    return false;
  }
  return new URL(url).hostname.includes('.');
}
