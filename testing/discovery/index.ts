export * from './providerConfig';
export * from './startWalks';
