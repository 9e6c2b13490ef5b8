import type { NextFunction, Response } from 'express';
import { gzipSync } from 'node:zlib';
import type { Strike } from './Faults';
import type { FaultKind, Rewrite, SimulatedResponse } from './types';

const GZIP_HEADER_LENGTH = 10;
/** Its first bits announce a block of a type that does not exist. */
const INVALID_BLOCK = Buffer.alloc(8, 0xff);

/** The body of a failure, as the simulated product words it. */
export type ErrorBody = (status: number, message: string) => object;

/** Lets a fault strike: answers itself, or lets the routes answer and spoils it. */
export function applyFault(
  { fault, spare }: Strike,
  res: Response,
  next: NextFunction,
  errorBody: ErrorBody,
): void {
  switch (fault.kind) {
    case 'status':
      sendStatus(fault, res, errorBody);
      return;
    case 'redirect':
      res.redirect(fault.status ?? 302, fault.location);
      return;
    case 'notJson':
      res.type('json').end('Service temporarily out of JSON');
      return;
    case 'emptyBody':
      res.status(200).end();
      return;
    case 'delay':
      later(res, fault.milliseconds, next);
      return;
    case 'meanwhile':
      fault.happens();
      break;
    case 'rewrite':
      replaceBody(res, body =>
        rewriteResponse(fault.rewrite, res, body, spare),
      );
      break;
    case 'json':
      replaceBody(res, body => {
        const changed = fault.change(JSON.parse(body.toString()));
        res.end(JSON.stringify(changed));
      });
      break;
    case 'cutBody':
      replaceBody(res, body => {
        res.setHeader('Content-Length', body.length);
        const part = body.subarray(0, fault.bytes ?? body.length / 2);
        res.write(part, () => res.socket?.end());
      });
      break;
    case 'brokenGzip':
      replaceBody(res, body => {
        res.setHeader('Content-Encoding', 'gzip');
        const header = gzipSync(body).subarray(0, GZIP_HEADER_LENGTH);
        res.end(Buffer.concat([header, INVALID_BLOCK]));
      });
      break;
    case 'dropSocket':
      if (fault.when === 'beforeHeaders') {
        res.socket?.resetAndDestroy();
        return;
      }
      replaceBody(res, body => {
        const half = body.subarray(0, body.length / 2);
        res.write(half, () => res.socket?.resetAndDestroy());
      });
      break;
    case 'hang':
      if (fault.when === 'beforeHeaders') {
        return;
      }
      replaceBody(res, () => res.flushHeaders());
      break;
    case 'drip':
      replaceBody(res, body => drip(fault, res, body));
      break;
  }
  next();
}

function sendStatus(
  fault: Extract<FaultKind, { kind: 'status' }>,
  res: Response,
  errorBody: ErrorBody,
): void {
  res.status(fault.status).set(fault.headers ?? {});
  if (fault.html !== undefined) {
    res.type('html').send(fault.html);
  } else if (fault.text !== undefined) {
    res.type('text').send(fault.text);
  } else {
    const message = fault.message ?? 'Something went wrong';
    res.json(errorBody(fault.status, message));
  }
}

/** Hands the body that a route sends to `send` instead; status and headers stay. */
function replaceBody(res: Response, send: (body: Buffer) => void): void {
  const json = (value: unknown) => {
    res.type('json');
    send(Buffer.from(JSON.stringify(value)));
    return res;
  };
  res.json = json;
  res.send = (value: unknown) => {
    send(Buffer.isBuffer(value) ? value : Buffer.from(String(value)));
    return res;
  };
}

function rewriteResponse(
  rewrite: Rewrite,
  res: Response,
  body: Buffer,
  spare: () => void,
): void {
  const response = {
    status: res.statusCode,
    headers: headersOf(res),
    body,
  };
  const url = new URL(res.req.originalUrl, 'http://simulator');
  const other = rewrite(response, url);
  if (!other) {
    spare();
  }
  sendResponse(other ?? response, res);
}

function headersOf(res: Response): Record<string, string> {
  const headers = Object.entries(res.getHeaders());
  return Object.fromEntries(
    headers.map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function sendResponse(
  { status, headers, body }: SimulatedResponse,
  res: Response,
) {
  res.getHeaderNames().forEach(name => res.removeHeader(name));
  res.writeHead(status, { ...headers, 'content-length': body.length });
  res.end(body);
}

function drip(
  fault: Extract<FaultKind, { kind: 'drip' }>,
  res: Response,
  body: Buffer,
): void {
  const { bytes = 1, milliseconds = 100 } = fault;
  let sent = 0;
  const timer = setInterval(() => {
    res.write(body.subarray(sent, sent + bytes));
    sent += bytes;
    if (sent >= body.length) {
      clearInterval(timer);
      res.end();
    }
  }, milliseconds);
  res.once('close', () => clearInterval(timer));
}

/** Calls back after a while, unless the connection is closed by then. */
function later(
  res: Response,
  milliseconds: number,
  callback: () => void,
): void {
  const timer = setTimeout(callback, milliseconds);
  res.once('close', () => clearTimeout(timer));
}
