import express, { RequestHandler } from 'express';
import { z } from 'zod';
import { badRequest } from '../errors';

/** A thousand annotations with long messages are a few megabytes. */
export const jsonBody: RequestHandler = express.json({ limit: '16mb' });

/** @throws ApiError (400) that names the first field that is wrong */
export function readFields<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value ?? {});
  if (!success) {
    const [{ path, message }] = error.issues;
    throw badRequest(message, path.join('.') || undefined);
  }
  return data;
}

/** A URL that a person can follow. */
export const webUrl = z
  .string()
  .refine(
    url => /^https?:\/\//.test(url) && URL.canParse(url),
    'The URL must be absolute, and begin with http:// or https://',
  );

/** @returns the schema reads text of at most so many characters */
export const text = (most: number) =>
  z.string().max(most, `This must be no longer than ${most} characters.`);
