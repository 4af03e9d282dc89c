// What a server answers, or why it could not be asked.
const ask = async (url) => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    return response.ok ? response.text() : response.status;
  } catch (error) {
    return error.message;
  }
};

({ asked: ask("data:,hello") instanceof Promise });
