export * from './asked';
export * from './clientOf';
export * from './collect';
export * from './fakeTiming';
export * from './recordingLogger';
export * from './startServer';
