// What the code runs on.
({ server: navigator.userAgent.startsWith("Sigil/"), global: self === globalThis, browser: typeof window !== "undefined" });
