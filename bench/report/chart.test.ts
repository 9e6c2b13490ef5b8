import { toChart } from './chart';

it('draws a point for each value, the higher the larger', () => {
  const svg = toChart({
    title: 'Requests',
    labels: ['150', '1,500'],
    series: [
      { name: 'this', kind: 'ours', values: [32, 45] },
      { name: 'stock', kind: 'stock', values: [2_400, 24_660] },
    ],
    limit: { value: 1_000, name: 'limit' },
  });
  const heights = [...svg.matchAll(/<circle [^>]*cy="(\d+)"/g)].map(
    ([, height]) => Number(height),
  );
  expect(heights).toHaveLength(4);
  expect([...heights].sort((a, b) => b - a)).toEqual(heights);
  expect(svg).toContain('>24,660</text>');
});
