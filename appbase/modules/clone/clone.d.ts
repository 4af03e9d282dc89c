/**
 * A deep copy, with cycles: plain objects, arrays, Map, Set, Date, RegExp, errors, ArrayBuffer, typed arrays, DataView and
 * primitives, also boxed. Instances of classes become plain objects. Functions, symbols, promises and objects of the server
 * are a DataCloneError (DOMException), more than 5,000 levels a RangeError. The buffers of transfer move: they are empty
 * afterwards.
 */
declare function structuredClone<T = any>(value: T, options?: { transfer?: Iterable<ArrayBuffer> }): T;
