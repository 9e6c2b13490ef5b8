import { PassThrough } from 'node:stream';
import { Screen } from './screen';

function open(isTTY: boolean) {
  const output = Object.assign(new PassThrough(), { isTTY });
  return { screen: new Screen(output), written: () => `${output.read()}` };
}

describe('Screen', () => {
  it('changes the status in place on a terminal', () => {
    const { screen, written } = open(true);
    screen.status('1 entity');
    screen.status('2 entities');
    screen.clearStatus();
    expect(written()).toBe('1 entity\r\u001b[2K2 entities\r\u001b[2K');
  });

  it('prints above the status on a terminal', () => {
    const { screen, written } = open(true);
    screen.status('1 entity');
    screen.print('a warning');
    expect(written()).toBe('1 entity\r\u001b[2Ka warning\n1 entity');
  });

  it('prints each status on a line of its own on a pipe', () => {
    const { screen, written } = open(false);
    screen.status('1 entity');
    screen.print('a warning');
    screen.status('2 entities');
    screen.clearStatus();
    expect(written()).toBe('1 entity\na warning\n2 entities\n');
  });
});
