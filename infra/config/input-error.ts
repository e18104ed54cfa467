/** A mistake of whoever runs or configures the app: its message says all, and a stack trace would only hide it. */
export class InputError extends Error {}
