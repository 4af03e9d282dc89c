// Their types, and those of the methods that the server adds (iterator helpers, groupBy, withResolvers ...), come with
// TypeScript: see the references at the head of this file.

/** What iterators inherit from: `Iterator.from(iterable)` gives any of them `map`, `filter`, `take` and the others. */
declare var Iterator: IteratorConstructor;
/** What is to be disposed of later, last first: `stack.use(resource)`, `stack.defer(callback)`, `stack.dispose()`. */
declare var DisposableStack: DisposableStackConstructor;
/** The same for what takes time: `await stack.disposeAsync()`. */
declare var AsyncDisposableStack: AsyncDisposableStackConstructor;
/** An error that came up while another one was on its way: `error` and the earlier `suppressed`. */
declare var SuppressedError: SuppressedErrorConstructor;

interface Math { /** The sum without rounding errors on the way. */ sumPrecise(numbers: Iterable<number>): number; /** The nearest 16-bit float. */ f16round(x: number): number }
interface DataView { getFloat16(byteOffset: number, littleEndian?: boolean): number; setFloat16(byteOffset: number, value: number, littleEndian?: boolean): void }
