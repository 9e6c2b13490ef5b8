import { Entity } from '@backstage/catalog-model';

/** An entity, with what the catalog says is wrong with it. */
export type ShownEntity = Entity & {
  status?: { items?: { message: string }[] };
};

/** A catalog file that defines a component. */
export function componentFile(
  name: string,
  lifecycle: string = 'production',
): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
spec:
  type: service
  lifecycle: ${lifecycle}
  owner: team-a
`;
}
