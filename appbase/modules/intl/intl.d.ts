// The members of Intl, and the methods of numbers, dates, texts and arrays that take locales, are those that TypeScript
// declares with its own libraries.
