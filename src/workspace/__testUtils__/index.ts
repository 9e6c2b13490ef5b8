export * from './createIndex';
export * from './memoryDatabase';
export * from './startWorld';
