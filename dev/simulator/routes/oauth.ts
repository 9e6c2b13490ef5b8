import express, { Router } from 'express';
import type { SimulatorContext } from '../context';

const DEFAULT_EXPIRES_IN = 7200;

/** @see https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/ */
export function oauthRoutes(context: SimulatorContext): Router {
  const router = Router();

  router.post(
    '/site/oauth2/access_token',
    express.urlencoded({ extended: false }),
    (req, res) => {
      const refuse = (error: string, description: string) =>
        res.status(400).json({ error, error_description: description });

      const consumer = context.accounts.consumer(req.header('Authorization'));
      if (!consumer) {
        refuse('unauthorized_client', 'Invalid OAuth client credentials');
        return;
      }
      if (req.body.grant_type !== 'client_credentials') {
        refuse('unsupported_grant_type', 'Unsupported grant type');
        return;
      }
      if (consumer.isPrivate === false) {
        refuse(
          'invalid_grant',
          'Cannot use client_credentials with a consumer marked as "public". Calls for auto generated consumers should use urn:bitbucket:oauth2:jwt instead.',
        );
        return;
      }
      const expiresIn = consumer.expiresIn ?? DEFAULT_EXPIRES_IN;
      res.json({
        access_token: context.accounts.issueToken(consumer, expiresIn),
        token_type: 'bearer',
        expires_in: expiresIn,
        scopes: (consumer.scopes ?? ['account', 'project']).join(' '),
        state: 'client_credentials',
      });
    },
  );

  return router;
}
