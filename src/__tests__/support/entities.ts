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
