import { parseOptions, USAGE } from './options';

describe('parseOptions', () => {
  it('plays the workspace of this repository by default', () => {
    expect(parseOptions([])).toEqual({
      workspace: undefined,
      dataCenter: false,
      port: 7007,
      simulatorPort: 0,
      verbose: false,
      help: false,
    });
  });

  it('reads every option', () => {
    expect(
      parseOptions(['--workspace', 'acme', '--port=7008', '--verbose']),
    ).toMatchObject({ workspace: 'acme', port: 7008, verbose: true });
    expect(parseOptions(['--simulator-port', '7990']).simulatorPort).toBe(7990);
    expect(parseOptions(['--data-center']).dataCenter).toBe(true);
    expect(parseOptions(['-h']).help).toBe(true);
  });

  it.each([
    [['--wrokspace', 'acme'], "Unknown option '--wrokspace'"],
    [['acme'], "Unexpected argument 'acme'"],
    [['--workspace'], "Option '--workspace <value>' argument missing"],
    [['--workspace='], '--workspace needs the slug'],
    [['--port', 'http'], '--port must be a number from 1 to 65535'],
    [['--port', '0'], '--port must be a number from 1 to 65535'],
    [['--simulator-port', '65536'], '--simulator-port must be a number'],
    [['--workspace=acme', '--simulator-port=7990'], 'exclude each other'],
    [['--workspace=acme', '--data-center'], 'exclude each other'],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(
      expect.objectContaining({
        name: 'StartError',
        message: expect.stringContaining(message),
      }),
    );
  });

  it('explains every option', () => {
    for (const option of [
      ...['data-center', 'workspace', 'port', 'simulator-port', 'verbose'],
    ]) {
      expect(USAGE).toContain(`--${option} `);
    }
  });
});
