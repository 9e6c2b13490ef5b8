import { takesLink } from './pullRequestBodies';

describe('takesLink', () => {
  it.each([
    'https://backstage.example.com/runs/1',
    'http://backstage.example.com:7007/a?b#c',
    'https://8.8.8.8/',
    'https://172.32.0.1/',
    'https://internal.example.com/',
    'https://localhost.example.com/',
  ])('takes %s', url => {
    expect(takesLink(url)).toBe(true);
  });

  it.each([
    '',
    'backstage.example.com',
    'ftp://backstage.example.com/',
    'data:text/html,a.b',
    'https://jane:secret@backstage.example.com/',
    'http://localhost:7007',
    'http://LOCALHOST./',
    'http://a.localhost/',
    'https://backstage/',
    'https://backstage./',
    'https://backstage.local/',
    'https://backstage.svc.cluster.local/',
    'https://backstage.internal/',
    'https://Backstage.Internal./',
    'https://backstage.home.arpa/',
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0.0.0.0/',
    'http://10.1.2.3/',
    'http://100.64.0.1/',
    'http://169.254.169.254/',
    'http://172.16.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://[fd00::1]/',
    `https://backstage.example.com/${'x'.repeat(450)}`,
  ])('does not take %s', url => {
    expect(takesLink(url)).toBe(false);
  });
});
