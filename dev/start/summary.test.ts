import { formatSummary } from './summary';

const catalogUrl = 'http://127.0.0.1:7007/api/catalog';
const place = 'workspace' as const;

describe('formatSummary', () => {
  it('shows kinds, requests and where to look', () => {
    const summary = formatSummary({
      filled: {
        counts: new Map([
          ['Component', 12],
          ['API', 3],
        ]),
        walked: true,
        seconds: 7.4,
      },
      requests: [
        ['src', 130],
        ['repositories', 1],
      ],
      catalogUrl,
      place,
      component: 'booking-api',
      invitation: 'Try it: change a file.',
    });
    expect(summary).toBe(`The catalog, after 7 seconds
  API                            3
  Component                     12
  total                         15

Requests to Bitbucket
  repositories             1
  src                    130
  total                  131

All components
  curl -s '${catalogUrl}/entities?filter=kind=component&fields=metadata.name,spec.owner'
One of them
  curl -s '${catalogUrl}/entities/by-name/component/default/booking-api'
The files they come from
  curl -s '${catalogUrl}/entities?filter=kind=location&fields=spec.target,spec.targets'
The status of the module
  curl -s '${catalogUrl}/bitbucket/status'

Try it: change a file.`);
  });

  it('says so when nothing was found', () => {
    const filled = { counts: new Map(), walked: true, seconds: 3 };
    expect(formatSummary({ filled, place, catalogUrl })).toBe(
      'The workspace was walked, and no catalog file was found in it.',
    );
  });

  it('says why a walk failed', () => {
    const filled = {
      counts: new Map(),
      walked: true,
      walkError: 'the hour is used up',
      seconds: 3,
    };
    expect(formatSummary({ filled, place, catalogUrl })).toMatch(
      /^The walk failed: the hour is used up\n/,
    );
  });
});
