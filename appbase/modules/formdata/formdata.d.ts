type FormDataEntryValue = string | File;

/** The entries of a form, in order; names may stand more than once. */
interface FormData {
  append(name: string, value: string | Blob, filename?: string): void;
  delete(name: string): void;
  /** The first value of that name, or null. */
  get(name: string): FormDataEntryValue | null;
  getAll(name: string): FormDataEntryValue[];
  has(name: string): boolean;
  /** Replaces all values of that name. */
  set(name: string, value: string | Blob, filename?: string): void;
  forEach(callback: (value: FormDataEntryValue, name: string, form: FormData) => void, thisArg?: any): void;
  entries(): IterableIterator<[string, FormDataEntryValue]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<FormDataEntryValue>;
  [Symbol.iterator](): IterableIterator<[string, FormDataEntryValue]>;
}

declare var FormData: {
  prototype: FormData;
  new (): FormData;
};
