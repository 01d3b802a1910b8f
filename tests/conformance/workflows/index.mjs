export * from './activities.mjs';
export * from './families.mjs';
export * from './steering.mjs';
