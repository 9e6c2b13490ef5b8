export * from './brokenLocation';
export * from './createIndex';
export * from './memoryDatabase';
export * from './startWorld';
export * from './saveRepositories';
