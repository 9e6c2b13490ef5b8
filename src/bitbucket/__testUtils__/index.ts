export * from './clientOf';
export * from './fakeTiming';
export * from './recordingLogger';
export * from './startServer';
